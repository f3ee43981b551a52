#if FlyingFox
  import FlyingFox
  import HTTPOutputBuffering
  import HTTPTypes

  extension FlyingFox.HTTPResponse {
    /// Creates a committed response.
    ///
    /// FlyingFox writes a `Content-Length` for a body with a count, and
    /// `Transfer-Encoding: chunked` for one without. It has no other framing, so
    ///
    /// - a body that the close of the connection would end is collected first, and
    /// - a head without content and length is that of a chunked message, after which the connection
    ///   closes.
    ///
    /// - Parameters:
    ///   - head: The committed head.
    ///   - first: The output that came with it.
    ///   - source: The source of more output.
    ///   - answersLastRequest: Whether FlyingFox closes the connection after this response.
    ///   - limit: The number of bytes of body that may be collected.
    /// - Throws: The error that aborts the message while its body is collected.
    init(
      _ head: ResponseOutput.Head,
      first: ResponseOutput,
      from source: some OutputSource,
      answersLastRequest: Bool,
      collectingUpTo limit: Int
    ) async throws {
      var headers = HTTPHeaders(head.response.headerFields)
      var body = ResponseBody(
        source: source, framing: head.framing, first: first,
        answersLastRequest: answersLastRequest)
      let count: Int?
      switch head.framing {
      case .connectionClose:
        body.first = try await source.collect(after: first, upTo: limit)
        count = body.first.body.count
      case .noContent where head.hasUnstatedLength:
        count = nil
        body.closesConnection = true
        headers[.connection] = "close"
      case .noContent:
        count = 0
      default:
        count = head.framing.contentLength
      }
      self.init(
        statusCode: HTTPStatusCode(
          head.response.status.code, phrase: head.response.status.reasonPhrase),
        headers: headers,
        body: count.map { count in
          HTTPBodySequence(
            from: body, count: count, suggestedBufferSize: ResponseBody.bufferSize)
        } ?? HTTPBodySequence(from: body, suggestedBufferSize: ResponseBody.bufferSize))
    }
  }
#endif
