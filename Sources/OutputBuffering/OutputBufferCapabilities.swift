/// The operations that a buffer allows.
///
/// Mirrors PHP's `PHP_OUTPUT_HANDLER_CLEANABLE`, `_FLUSHABLE` and `_REMOVABLE`. An operation that a
/// buffer doesn't allow throws an ``OutputBufferError`` and changes nothing. Ending all buffers by
/// force ignores the capabilities.
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
  /// Ending the buffer and discarding its contents requires only ``removable``.
  public static let cleanable = Self(rawValue: 1 << 4)

  /// ``OutputStack/flush()`` is allowed.
  ///
  /// Ending the buffer and sending its contents requires only ``removable``, and a chunk size works
  /// without this capability.
  public static let flushable = Self(rawValue: 1 << 5)

  /// Ending the buffer is allowed, with its contents sent or discarded.
  public static let removable = Self(rawValue: 1 << 6)

  /// Everything is allowed, PHP's `PHP_OUTPUT_HANDLER_STDFLAGS`.
  public static let standard: Self = [.cleanable, .flushable, .removable]
}
