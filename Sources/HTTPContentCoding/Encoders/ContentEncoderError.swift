/// Why an encoder could not do what it was asked.
///
/// No body can cause one of these: every sequence of bytes can be encoded.
public struct ContentEncoderError: Error, Sendable {
  /// What kind of failure this is.
  public var code: Code

  /// What happened, for a log, with the value that caused it.
  public var message: String

  /// The error beneath this one, if there is one.
  public var cause: (any Error)?

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - code: What kind of failure this is.
  ///   - message: What happened, for a log.
  ///   - cause: The error beneath this one.
  public init(code: Code, message: String, cause: (any Error)? = nil) {
    self.code = code
    self.message = message
    self.cause = cause
  }
}

extension ContentEncoderError {
  /// What kind of failure a ``ContentEncoderError`` is.
  public struct Code: Hashable, Sendable {
    private enum Kind: String {
      case outOfMemory
      case invalidState
      case corruptedState
      case incompatibleLibrary
    }

    private let kind: Kind

    private init(_ kind: Kind) {
      self.kind = kind
    }

    /// The memory for the encoder's state could not be had.
    public static let outOfMemory = Code(.outOfMemory)

    /// The encoder was used after the end of a member, or after an error, without a reset.
    public static let invalidState = Code(.invalidState)

    /// The encoder's state makes no sense any more; it is of no further use.
    public static let corruptedState = Code(.corruptedState)

    /// The library that is loaded is not the one that was compiled against.
    public static let incompatibleLibrary = Code(.incompatibleLibrary)
  }
}

extension ContentEncoderError.Code: CustomStringConvertible {
  /// The code's name.
  public var description: String { kind.rawValue }
}

extension ContentEncoderError: CustomStringConvertible {
  /// The code, the message and the cause.
  public var description: String {
    "\(code): \(message)" + (cause.map { " (\($0))" } ?? "")
  }
}
