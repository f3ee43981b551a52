/// What a buffer does with its bytes after its handler has failed.
public enum OutputFailurePolicy: Sendable, Hashable {
  /// The input of the failed invocation and all later output pass on unchanged, as in PHP.
  case passThrough

  /// The buffer discards the input of the failed invocation and all later output.
  ///
  /// Use it for a handler that must not be bypassed, such as one that removes secrets. Output of
  /// earlier invocations isn't retracted.
  case discard
}

/// An error of an output handler, as reported to the sink.
public struct OutputHandlerFailure: Error {
  /// The name of the handler.
  public let handlerName: String

  /// The level of its buffer, 0 being the outermost.
  public let level: Int

  /// What the buffer does with its bytes from now on.
  public let policy: OutputFailurePolicy

  /// The error that the handler threw.
  public let cause: any Error
}
