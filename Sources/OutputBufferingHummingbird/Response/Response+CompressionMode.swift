#if Hummingbird
  public import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  public import Hummingbird

  extension Response {
    /// The compression mode of this response for a ``ContentCodingMiddleware``; nil for the mode of
    /// its group of routes or, failing that, of the policy.
    ///
    /// ```swift
    /// var response = page.response(from: request, context: context)
    /// response.compressionMode = .off
    /// return response
    /// ```
    ///
    /// Set it in a route, in a middleware inside the one that codes, or in the
    /// `response(from:context:)` of an error. Without such a middleware nothing is compressed, and
    /// the mode stays nil. A `BufferedResponse` has its own property for its mode.
    ///
    /// The response carries the mode in a field of its head, since Hummingbird's type has no other
    /// place for it. The middleware removes the field, and so do the buffered servers. If you keep a
    /// response, as in a cache, for routes without the middleware on a server of Hummingbird's own,
    /// set the mode of what you keep to nil.
    public var compressionMode: CompressionMode? {
      get { headers[.compressionMode].flatMap(UInt8.init).flatMap(CompressionMode.init(number:)) }
      set {
        guard newValue == nil || MiddlewareState.current != nil else { return }
        headers[.compressionMode] = newValue.map { "\($0.number)" }
      }
    }

    /// Whether ``ResponseBuffering`` made this response, so that nothing is left to code.
    ///
    /// A route or a middleware may have put another response in its place, which has no such mark.
    var isBuffered: Bool {
      get { headers[.compressionMode] == "buffered" }
      set { headers[.compressionMode] = newValue ? "buffered" : nil }
    }

    /// Whether an inner middleware has decided about this response, which is marked in the same way.
    var isCoded: Bool {
      get { headers[.compressionMode] == "coded" }
      set { headers[.compressionMode] = newValue ? "coded" : nil }
    }

    /// Removes the field of ``compressionMode``.
    ///
    /// - Parameter mark: The mark with the mode that was set between the middleware and the
    ///   response.
    /// - Returns: The mode that applies; nil for the policy's.
    mutating func takeCompressionMode(_ mark: MiddlewareState) -> CompressionMode? {
      guard headers.contains(.compressionMode) else { return mark.compressionMode }
      let mode = compressionMode
      headers[.compressionMode] = nil
      return mode ?? mark.compressionMode
    }
  }
#endif
