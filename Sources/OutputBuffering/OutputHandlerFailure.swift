/// What a buffer does with its bytes once its handler has failed.
public enum OutputFailurePolicy: Sendable, Hashable {
  /// The input of the failed invocation and everything written later pass on unchanged, as in PHP.
  case passThrough

  /// Nothing of the buffer passes on: neither the input of the failed invocation nor what is
  /// written later.
  ///
  /// For a handler that must not be bypassed, such as one that removes secrets. What earlier
  /// invocations passed on is not taken back.
  case discard
}

/// An output handler that has thrown, as reported to the sink.
public struct OutputHandlerFailure: Error {
  /// The name of the handler.
  public let handlerName: String

  /// The level of its buffer, 0 being the outermost.
  public let level: Int

  /// What becomes of the buffer's bytes.
  public let policy: OutputFailurePolicy

  /// What the handler threw.
  public let cause: any Error
}
