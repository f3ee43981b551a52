/// What may be done to a buffer before it is ended by force.
///
/// Mirrors PHP's `PHP_OUTPUT_HANDLER_CLEANABLE`, `_FLUSHABLE` and `_REMOVABLE`. An operation that a
/// buffer does not allow throws an ``OutputBufferError`` and changes nothing.
public struct OutputBufferCapabilities: OptionSet, Sendable, Hashable {
  /// The bits, with PHP's values.
  public let rawValue: UInt8

  /// Creates capabilities from PHP's bits.
  ///
  /// - Parameter rawValue: The bits, with PHP's values.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// ``OutputStack/clean()`` is allowed.
  ///
  /// Ending the buffer and discarding its contents needs ``removable`` only.
  public static let cleanable = Self(rawValue: 1 << 4)

  /// ``OutputStack/flush()`` is allowed.
  ///
  /// Ending the buffer and sending its contents needs ``removable`` only, and a chunk size works
  /// without this capability.
  public static let flushable = Self(rawValue: 1 << 5)

  /// Ending the buffer is allowed, with its contents sent or discarded.
  public static let removable = Self(rawValue: 1 << 6)

  /// Everything is allowed, PHP's `PHP_OUTPUT_HANDLER_STDFLAGS`.
  public static let standard: Self = [.cleanable, .flushable, .removable]
}
