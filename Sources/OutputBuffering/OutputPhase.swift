/// Why an output handler is invoked.
///
/// Mirrors PHP's `PHP_OUTPUT_HANDLER_START`, `_CLEAN`, `_FLUSH` and `_FINAL`, bit for bit. The
/// empty set is PHP's `PHP_OUTPUT_HANDLER_WRITE`: the buffer has reached its chunk size.
public struct OutputPhase: OptionSet, Sendable, Hashable {
  /// The bits, with PHP's values.
  public let rawValue: UInt8

  /// Creates a phase from PHP's bits.
  ///
  /// - Parameter rawValue: The bits, with PHP's values.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// The buffer has reached its chunk size.
  public static let write: Self = []

  /// The first invocation of the handler, in combination with any other phase.
  public static let start = Self(rawValue: 1 << 0)

  /// The input and the output are discarded.
  ///
  /// A handler that holds bytes back must discard them. In combination with ``final`` the buffer
  /// itself is being discarded.
  public static let clean = Self(rawValue: 1 << 1)

  /// The buffer is flushed and stays open.
  public static let flush = Self(rawValue: 1 << 2)

  /// The last invocation of the handler.
  public static let final = Self(rawValue: 1 << 3)

  /// Whether this is a plain write: none of ``clean``, ``flush`` and ``final``.
  ///
  /// Also true if the write is the first invocation and carries ``start``.
  public var isWrite: Bool {
    isDisjoint(with: [.clean, .flush, .final])
  }
}
