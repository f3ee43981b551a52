/// The type and subtype of a `Content-Type` field, in lowercase and without parameters.
///
/// https://www.rfc-editor.org/rfc/rfc9110.html#section-8.3.1
struct MediaType: Hashable {
  var type: String
  var subtype: String

  /// Reads `media-type = type "/" subtype parameters`.
  ///
  /// Parameters are not looked at: what is broken in them says nothing about the type. Fails on
  /// what does not begin with a media type, and on a list of them, which is two fields made one.
  init?(_ fieldValue: String) {
    var scanner = FieldValueScanner(fieldValue)
    scanner.skipOptionalWhitespace()
    guard let type = scanner.lowercasedToken(), scanner.skip(.slash),
      let subtype = scanner.lowercasedToken()
    else { return nil }
    scanner.skipOptionalWhitespace()
    guard scanner.isAtEnd || scanner.skip(.semicolon) else { return nil }
    self.type = type
    self.subtype = subtype
  }

  /// The structured syntax suffix without its plus sign, such as `json` (RFC 6838 §4.2.8).
  var suffix: String? {
    guard let plus = subtype.lastIndex(of: "+") else { return nil }
    return String(subtype[plus...].dropFirst())
  }

  /// Whether this is gRPC, which compresses each message itself and frames them.
  var isGRPC: Bool {
    guard type == "application", subtype.hasPrefix("grpc") else { return false }
    let remainder = subtype.dropFirst("grpc".count)
    return remainder.isEmpty || remainder.hasPrefix("+") || remainder.hasPrefix("-")
  }
}
