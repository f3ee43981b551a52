/// Why a response refused an operation, or could not be completed.
public struct ResponseError: Error, Sendable {
  /// The kind of a ``ResponseError``.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    private enum Value: String {
      case committed, ended, declaredLengthExceeded, declaredLengthNotReached
      case unsentLimitExceeded, invalidStatus, tooManyFields, forbiddenTrailer, encodingFailed
      case disconnected, timedOut, requestBodyUnavailable
    }
    private let value: Value

    /// The head has been sent; the head, the announcement of trailers and the coding are fixed.
    public static var committed: Self { Self(value: .committed) }
    /// The response has ended, and the operation needs one that hasn't.
    ///
    /// An adapter also gets it for a handler that ended without a response, and for a response that
    /// a second one replaces before its end.
    public static var ended: Self { Self(value: .ended) }
    /// More bytes were written than `Content-Length` declares, or than the framework expects; the
    /// bytes of that write were refused.
    public static var declaredLengthExceeded: Self { Self(value: .declaredLengthExceeded) }
    /// The body ended with fewer bytes than `Content-Length` declares, or than the framework
    /// expects, or a file is shorter than its region.
    public static var declaredLengthNotReached: Self { Self(value: .declaredLengthNotReached) }
    /// Bytes written without `await` would exceed the limit on unsent bytes; the bytes of that
    /// write were refused.
    ///
    /// On FlyingFox, also a body that exceeds the limit and has to be collected, since its length
    /// must be sent first.
    public static var unsentLimitExceeded: Self { Self(value: .unsentLimitExceeded) }
    /// The status isn't valid, or the operation doesn't allow it (RFC 9110 §15); for a channel
    /// handler, also content or an end without a final head.
    public static var invalidStatus: Self { Self(value: .invalidStatus) }
    /// The head, or a trailer section, has more than 65,000 fields.
    public static var tooManyFields: Self { Self(value: .tooManyFields) }
    /// The field can't be a trailer, because recipients need it before the content (RFC 9110
    /// §6.5.1).
    public static var forbiddenTrailer: Self { Self(value: .forbiddenTrailer) }
    /// The content encoder failed after the head was sent; the response is aborted.
    public static var encodingFailed: Self { Self(value: .encodingFailed) }
    /// The client left before the end of the response, the response was aborted, or its head was
    /// all of it, so that no client reads later writes.
    public static var disconnected: Self { Self(value: .disconnected) }
    /// The response's time limit ran out.
    public static var timedOut: Self { Self(value: .timedOut) }
    /// The request's body was read after the end of its response, or more than once.
    public static var requestBodyUnavailable: Self { Self(value: .requestBodyUnavailable) }

    /// The code's name, stable across versions.
    public var description: String { value.rawValue }
  }

  /// The kind of the error.
  public var code: Code
  /// What happened, with the offending value.
  public var message: String
  /// The underlying error, if there is one.
  public var cause: (any Error)?

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - code: The kind of the error.
  ///   - message: What happened, with the offending value.
  ///   - cause: The underlying error, if there is one.
  public init(code: Code, message: String, cause: (any Error)? = nil) {
    self.code = code
    self.message = message
    self.cause = cause
  }
}

extension ResponseError: CustomStringConvertible {
  /// The code and the message.
  public var description: String {
    let text = "\(code): \(message)"
    return cause.map { "\(text) (\($0))" } ?? text
  }
}

// Bodies of another length than their message has.
extension ResponseError {
  /// The error for a body whose length isn't the one that `Content-Length` declares.
  static func length(of byteCount: Int, declared: Int) -> ResponseError {
    length(offBy: byteCount - declared, from: "declared length of \(declared)")
  }

  /// The error for a body whose length isn't the one that the framework has stated.
  static func length(of byteCount: Int, expected: Int) -> ResponseError {
    length(offBy: byteCount - expected, from: "expected length of \(expected)")
  }

  /// The error for a body of another length.
  ///
  /// - Parameters:
  ///   - difference: The number of bytes that the body has too many; negative if it ended early.
  ///   - length: The description of the length that it should have.
  /// - Returns: The error.
  static func length(
    offBy difference: Int, from length: String = "declared length"
  ) -> ResponseError {
    difference > 0
      ? ResponseError(
        code: .declaredLengthExceeded,
        message: "the body is \(difference) bytes longer than its \(length)")
      : ResponseError(
        code: .declaredLengthNotReached,
        message: "the body ended \(-difference) bytes short of its \(length)")
  }
}

// The reasons for which an exchange aborts a response.
extension ResponseError {
  static var timeLimit: ResponseError {
    ResponseError(code: .timedOut, message: "the time limit ran out")
  }
  static var noResponse: ResponseError {
    ResponseError(code: .ended, message: "the handler ended without a response")
  }
  static var headOnly: ResponseError {
    ResponseError(
      code: .disconnected,
      message: "the head was the whole response; no client reads later writes")
  }
  static var clientGone: ResponseError {
    ResponseError(code: .disconnected, message: "the client left before the end of the response")
  }
}
