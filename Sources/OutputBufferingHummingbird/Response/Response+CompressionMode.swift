#if Hummingbird
  public import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  public import Hummingbird

  extension Response {
    /// Whether a ``ContentCodingMiddleware`` compresses this response; nil for what its group of routes, or else
    /// the policy, says.
    ///
    /// ```swift
    /// var response = page.response(from: request, context: context)
    /// response.compressionMode = .off
    /// return response
    /// ```
    ///
    /// Set it in a route, in a middleware within the one that codes, or in the `response(from:context:)` of an
    /// error. The response carries it in a field of its head, which the middleware takes away; where no
    /// middleware is around, nothing is compressed, and it stays nil. The mode of a `BufferedResponse` is its
    /// own property.
    public var compressionMode: CompressionMode? {
      get { headers[.compressionMode].flatMap(UInt8.init).flatMap(CompressionMode.init(number:)) }
      set {
        guard ResponseMark.current != nil else { return }
        headers[.compressionMode] = newValue.map { "\($0.number)" }
      }
    }

    /// Takes the field of ``compressionMode`` away.
    ///
    /// - Parameter mark: What was said between the middleware and the response.
    /// - Returns: The mode that holds; nil for the policy's.
    mutating func takeCompressionMode(_ mark: ResponseMark) -> CompressionMode? {
      guard headers.contains(.compressionMode) else { return mark.compressionMode }
      let mode = compressionMode
      headers[.compressionMode] = nil
      return mode ?? mark.compressionMode
    }
  }

  extension HTTPField.Name {
    fileprivate static let compressionMode = HTTPField.Name("X-Output-Buffering-Compression-Mode")!
  }
#endif
