#if FlyingFox
  import HTTPOutputBuffering

  /// Where the output of one response comes from.
  ///
  /// One task at a time asks it. It learns by its deinitialisation that nobody will ask any more.
  protocol OutputSource: AnyObject, Sendable {
    /// Whether the connection may serve its next request as soon as the end is written.
    var isReleased: Bool { get }

    /// Waits for more; what was given before has been written.
    ///
    /// - Parameter storage: The storage of the last output, given back.
    /// - Returns: The next output.
    /// - Throws: What the message has to be broken off for.
    func next(reusing storage: consuming ContiguousArray<UInt8>) async throws -> ResponseOutput

    /// The end is given to FlyingFox, which doesn't ask again: it is written when the source goes.
    func handOverEnd()

    /// The end is written; returns when the connection may serve its next request.
    func ended() async
  }

  extension OutputSource {
    /// Takes all that is left, so that its length is known.
    ///
    /// - Parameters:
    ///   - first: What has been taken already.
    ///   - limit: How much may be held, in bytes.
    /// - Returns: The output with all of the body.
    /// - Throws: What the message has to be broken off for, such as a body over the limit.
    func collect(after first: ResponseOutput, upTo limit: Int) async throws -> ResponseOutput {
      var collected = first
      while collected.end == nil {
        let output = try await next(reusing: [])
        guard collected.body.count + output.body.count <= limit else {
          throw ResponseError(
            code: .unsentLimitExceeded,
            message: "more than \(limit) bytes whose number has to be known before they are sent")
        }
        collected.body += output.body
        collected.end = output.end
        collected.closesConnection = output.closesConnection
      }
      return collected
    }
  }
#endif
