package import OutputBufferingTesting

extension InflateDecoder {
  /// The member ended early.
  private struct Incomplete: Error {}

  /// Decodes one whole gzip member.
  package static func gunzip(_ member: [UInt8]) throws -> [UInt8] {
    let decoder = InflateDecoder(.gzip)
    let content = try decoder.decode(ContiguousArray(member))
    guard decoder.isAtEnd else { throw Incomplete() }
    return Array(content)
  }

  /// Decodes one whole gzip member to text.
  package static func text(_ member: [UInt8]) throws -> String {
    String(decoding: try gunzip(member), as: UTF8.self)
  }

  /// Decodes more of the member to text.
  package func text(_ bytes: [UInt8]) throws -> String {
    String(decoding: try decode(ContiguousArray(bytes)), as: UTF8.self)
  }
}
