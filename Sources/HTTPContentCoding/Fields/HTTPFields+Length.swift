package import HTTPTypes

extension HTTPFields {
  /// The declared length in bytes; nil if it is absent or isn't one decimal number (RFC 9110 §8.6).
  package var declaredContentLength: Int? {
    self[.contentLength].flatMap(Self.contentLength)
  }

  /// Parses the length in bytes from a `Content-Length`; nil if it isn't one decimal number (RFC
  /// 9110 §8.6).
  package static func contentLength(_ value: String) -> Int? {
    // What follows a first digit may only be digits, also in an integer that has no sign.
    guard let first = value.utf8.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
    else { return nil }
    return Int(value)
  }
}
