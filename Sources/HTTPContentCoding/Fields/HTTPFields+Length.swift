package import HTTPTypes

extension HTTPFields {
  /// The declared length in bytes; nil if it is absent or isn't one decimal number (RFC 9110 §8.6).
  package var declaredContentLength: Int? {
    self[.contentLength].flatMap(Self.contentLength)
  }

  /// Parses the length in bytes from a `Content-Length`; nil if it isn't one decimal number (RFC
  /// 9110 §8.6).
  package static func contentLength(_ value: String) -> Int? {
    guard !value.isEmpty,
      value.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    return Int(value)
  }
}
