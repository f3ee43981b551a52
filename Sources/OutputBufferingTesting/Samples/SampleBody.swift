/// A realistic body for measuring encoders, with the same bytes in every run on every machine.
///
/// There are eight kinds of text, each of 1, 10 and 100 KiB. Word frequencies, the lengths of
/// numbers and the repetition of markup are those of real text.
public struct SampleBody: Sendable {
  /// The kind of a body.
  public enum Kind: String, Sendable, CaseIterable {
    /// A table of orders in HTML.
    case table
    /// An article in HTML, with links.
    case article
    /// A JSON response of an API.
    case json
    /// A style sheet.
    case css
    /// A script.
    case javascript
    /// A drawing of paths, in SVG.
    case svg
    /// A table of measurements.
    case csv
    /// Lines of a log.
    case log
  }

  /// The kind of the body.
  public let kind: Kind
  /// Its length, in bytes.
  public var byteCount: Int { bytes.count }
  /// The body.
  public let bytes: ContiguousArray<UInt8>

  /// Creates a body.
  ///
  /// - Parameters:
  ///   - kind: The kind of the body.
  ///   - byteCount: Its length in bytes.
  public init(_ kind: Kind, byteCount: Int) {
    self.kind = kind
    var writer = SampleWriter(seed: UInt64(byteCount) &* 31 &+ UInt64(kind.rawValue.utf8.count))
    writer.begin(kind)
    while writer.text.utf8.count < byteCount { writer.writePart(of: kind) }
    bytes = ContiguousArray(writer.text.utf8.prefix(byteCount))
  }

  /// The sizes in ``all``, in bytes.
  public static let sizes = [1024, 10 * 1024, 100 * 1024]

  /// Every kind in every size.
  public static let all = sizes.flatMap { size in
    Kind.allCases.map { SampleBody($0, byteCount: size) }
  }

  /// The kind and the size, such as `table-10k`.
  public var name: String { "\(kind)-\(byteCount / 1024)k" }
}
