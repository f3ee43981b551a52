/// An error that an encoder throws.
///
/// No body can cause one of these: every sequence of bytes can be encoded.
public struct ContentEncoderError: Error, Sendable {
  /// What kind of failure this is.
  public var code: Code

  /// A description for a log, with the value that caused the error.
  public var message: String

  /// The underlying error, if there is one.
  public var cause: (any Error)?

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - code: What kind of failure this is.
  ///   - message: A description for a log.
  ///   - cause: The underlying error.
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

    /// Memory for the encoder's state couldn't be allocated.
    public static let outOfMemory = Code(.outOfMemory)

    /// The encoder was used after the end of a member, or after an error, without a reset.
    public static let invalidState = Code(.invalidState)

    /// The encoder's state is inconsistent; the encoder is unusable.
    public static let corruptedState = Code(.corruptedState)

    /// The loaded library isn't the one that was compiled against.
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
