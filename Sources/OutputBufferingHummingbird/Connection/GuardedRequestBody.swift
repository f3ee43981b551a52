#if Hummingbird
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import NIOCore
  import OutputBufferingNIO

  /// A request's body that is read once, up to the end of its response, and never cut short unnoticed.
  ///
  /// Below it is the one stream of the connection's messages, which Hummingbird reads on when the response
  /// is over: a second reader traps there.
  struct GuardedRequestBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let base: RequestBody
    let gate: RequestBodyGate
    /// nil on a server that nothing of this library stands in.
    let connection: HTTPServerConnection?
    /// The length that the request declares.
    let byteCount: Int?

    func makeAsyncIterator() -> AsyncIterator {
      do throws(ResponseError) {
        try gate.claim()
        return AsyncIterator(body: self, base: base.makeAsyncIterator())
      } catch {
        return AsyncIterator(body: self, failure: error)
      }
    }

    struct AsyncIterator: AsyncIteratorProtocol {
      let body: GuardedRequestBody
      /// nil when nothing more comes.
      var base: RequestBody.AsyncIterator?
      var failure: ResponseError?
      private var receivedByteCount = 0

      init(
        body: GuardedRequestBody, base: RequestBody.AsyncIterator? = nil,
        failure: ResponseError? = nil
      ) {
        self.body = body
        self.base = base
        self.failure = failure
      }

      @concurrent
      mutating func next() async throws -> ByteBuffer? {
        if let failure = failure.take() { throw failure }
        guard base != nil else { return nil }
        do {
          try body.gate.beginRead()
          defer { body.gate.endRead() }
          body.connection?.sendContinueToServed()
          if let bytes = try await base?.next() {
            receivedByteCount += bytes.readableBytes
            return bytes
          }
        } catch {
          base = nil
          throw error
        }
        base = nil
        guard isWhole else { throw ChannelError.inputClosed }
        return nil
      }

      /// Hummingbird takes the end of the stream for that of its request.
      private var isWhole: Bool {
        if let connection = body.connection { return connection.hasReceivedRequest }
        return body.byteCount.map { receivedByteCount >= $0 } ?? true
      }
    }
  }

  extension Request {
    /// Guards the body on a server of ours.
    ///
    /// - Returns: What is to be closed when the response is over; nil where there is nothing to read.
    mutating func guardBody(of connection: HTTPServerConnection) -> RequestBodyGate? {
      guard connection.version == .http2 || head.hasContent else {
        // It can be read at any time, as often as wanted; what is left of the stream is the server's.
        body = RequestBody(buffer: ByteBuffer())
        return nil
      }
      let gate = guardBody(on: connection)
      connection.bodyGate = gate
      return gate
    }

    /// Guards the body.
    ///
    /// - Parameter connection: nil on a server that nothing of this library stands in.
    /// - Returns: What is to be closed when the response is over.
    mutating func guardBody(on connection: HTTPServerConnection?) -> RequestBodyGate {
      let gate = RequestBodyGate()
      body = RequestBody(
        asyncSequence: GuardedRequestBody(
          base: body, gate: gate, connection: connection, byteCount: head.declaredByteCount))
      return gate
    }
  }

  extension HTTPRequest {
    /// Whether an HTTP/1 request has content (RFC 9112 §6.3).
    fileprivate var hasContent: Bool {
      headerFields.contains(.transferEncoding)
        || headerFields.contains(.contentLength) && headerFields[.contentLength] != "0"
    }

    /// Whether a request of a version that isn't known may have content.
    var mayHaveContent: Bool {
      if hasContent { return true }
      // In HTTP/2 neither field is needed (RFC 9113 §8.1.1); the scheme tells the two apart.
      return scheme == "https" && method != .get && method != .head
        && !headerFields.contains(.contentLength)
    }

    fileprivate var declaredByteCount: Int? {
      headerFields[.contentLength].flatMap { Int($0) }
    }
  }
#endif
