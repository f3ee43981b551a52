#if FlyingFox
  import HTTPOutputBuffering

  /// The source of one response's output.
  ///
  /// Only one task at a time may call it. Its deinitialization means that no more calls follow.
  protocol OutputSource: AnyObject, Sendable {
    /// Whether the connection may serve its next request as soon as the end is written.
    var isReleased: Bool { get }

    /// Waits for more output; the previous output has been written.
    ///
    /// - Parameter storage: The storage of the last output, to reuse.
    /// - Returns: The next output.
    /// - Throws: The error that aborts the message.
    func next(reusing storage: consuming ContiguousArray<UInt8>) async throws -> ResponseOutput

    /// Hands the end to FlyingFox, which doesn't call again: the end has been written when the
    /// source is deinitialized.
    func handOverEnd()

    /// Records that the end is written; returns when the connection may serve its next request.
    func ended() async
  }

  extension OutputSource {
    /// Takes all remaining output, so that its length is known.
    ///
    /// - Parameters:
    ///   - first: The output already taken.
    ///   - limit: The number of bytes that may be held.
    /// - Returns: The output with the complete body.
    /// - Throws: The error that aborts the message, for example for a body over the limit.
    func collect(after first: ResponseOutput, upTo limit: Int) async throws -> ResponseOutput {
      var collected = first
      while collected.end == nil {
        let output = try await next(reusing: [])
        guard collected.body.count + output.body.count <= limit else {
          throw ResponseError(
            code: .unsentLimitExceeded,
            message: "a body whose length must be sent first is longer than \(limit) bytes")
        }
        collected.body += output.body
        collected.end = output.end
        collected.closesConnection = output.closesConnection
      }
      return collected
    }
  }
#endif
