/// A library's number for how much time it may spend to reduce the output.
///
/// A level is a preference: the output is valid at any level. A number outside the range is
/// therefore not an error but counts as the nearest level, so one read from a configuration can't
/// stop a server. Use ``init(exactly:)`` to detect such a number.
public protocol ContentEncoderLevel: Hashable, Sendable, CustomStringConvertible,
  ExpressibleByIntegerLiteral
{
  /// The library's numbers.
  static var range: ClosedRange<Int> { get }

  /// The library's number for the level, in ``range``.
  var rawValue: Int { get }

  /// Creates the level nearest to a number.
  ///
  /// - Parameter level: The library's number; one outside ``range`` counts as the nearest in it.
  init(clamping level: Int)
}

extension ContentEncoderLevel {
  /// Creates a level from the library's number for it.
  ///
  /// - Parameter level: The library's number. The initializer fails if it is not in ``range``.
  public init?(exactly level: Int) {
    guard Self.range.contains(level) else { return nil }
    self.init(clamping: level)
  }

  /// The library's number for the level.
  public var description: String { String(rawValue) }

  /// The number in ``range`` that is nearest to another number.
  package static func nearest(to number: Int) -> Int {
    min(max(number, range.lowerBound), range.upperBound)
  }
}
