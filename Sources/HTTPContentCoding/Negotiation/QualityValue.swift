/// A quality value: the weight a client gives to one of its preferences.
///
/// The grammar allows three decimal places and no value above 1, so a weight is a whole number of
/// thousandths. Comparisons involve no rounding errors and no NaN.
///
/// https://www.rfc-editor.org/rfc/rfc9110.html#section-12.4.2
public struct QualityValue: Hashable, Sendable {
  // Small, because a preference stores many of them.
  private let value: UInt16

  /// The weight in thousandths, 0 to 1000.
  public var thousandths: Int { Int(value) }

  /// Creates a quality value from thousandths.
  ///
  /// - Parameter thousandths: The weight in thousandths. The initializer fails if it is not one
  ///   of 0 to 1000.
  public init?(thousandths: Int) {
    guard (0...1000).contains(thousandths) else { return nil }
    value = UInt16(thousandths)
  }

  private init(uncheckedThousandths: UInt16) {
    value = uncheckedThousandths
  }

  /// Creates a quality value from its text.
  ///
  /// - Parameter text: A `qvalue` of RFC 9110 §12.4.2. The initializer fails on anything else:
  ///   `.5`, `1.001`, `0.5000`, `-1`, `00.5`, `1e0`, `NaN`, or any text with whitespace in it.
  public init?(_ text: String) {
    let value = text.scanningFieldValue { scanner in
      QualityValue(reading: &scanner).flatMap { scanner.isAtEnd ? $0 : nil }
    }
    guard let value else { return nil }
    self = value
  }

  /// Reads `qvalue = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] )`.
  init?(reading scanner: inout FieldValueScanner) {
    guard let whole = scanner.digit(), whole <= 1 else { return nil }
    var thousandths = whole * 1000
    if scanner.skip(.period) {
      var place = 100
      while place > 0, let digit = scanner.digit() {
        thousandths += digit * place
        place /= 10
      }
    }
    self.init(thousandths: thousandths)
  }
}

extension QualityValue {
  /// Weight 0: the client refuses this (RFC 9110 §12.4.2, "not acceptable").
  public static let notAcceptable = QualityValue(uncheckedThousandths: 0)

  /// Weight 0.001, the lowest weight that is still acceptable.
  public static let leastPreferred = QualityValue(uncheckedThousandths: 1)

  /// Weight 1, the default for a member without a weight.
  public static let mostPreferred = QualityValue(uncheckedThousandths: 1000)

  /// Whether the client accepts a coding of this weight.
  public var isAcceptable: Bool { thousandths > 0 }
}

extension QualityValue: Comparable {
  /// Whether the client prefers the right side.
  public static func < (left: QualityValue, right: QualityValue) -> Bool {
    left.value < right.value
  }
}

extension QualityValue: CustomStringConvertible {
  /// The weight with as many decimal places as it needs, such as `0.5`.
  public var description: String {
    guard (1..<1000).contains(thousandths) else { return thousandths == 0 ? "0" : "1" }
    var digits = String(thousandths + 1000).dropFirst()
    while digits.last == "0" { digits.removeLast() }
    return "0.\(digits)"
  }
}
