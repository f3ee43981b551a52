package import HTTPTypes

extension HTTPFields {
  /// The declared length in bytes; nil if it is absent or isn't one decimal number (RFC 9110 §8.6).
  package var declaredContentLength: Int? {
    self[.contentLength].flatMap(Self.contentLength)
  }

  /// Parses the length in bytes from a `Content-Length`; nil if it isn't one decimal number (RFC
  /// 9110 §8.6).
  package static func contentLength(_ value: String) -> Int? {
    // `Int` also accepts a sign, but only before the first digit.
    guard let first = value.utf8.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
    else { return nil }
    return Int(value)
  }
}
