/// An entity tag, as far as a content coding has to know it.
///
/// https://www.rfc-editor.org/rfc/rfc9110.html#section-8.8.3
struct EntityTag {
  /// The tag with its quotes, without `W/`.
  private var opaqueTag: Substring

  /// Reads `entity-tag = [ %s"W/" ] DQUOTE *etagc DQUOTE`; fails on anything else.
  init?(_ fieldValue: String) {
    opaqueTag = fieldValue.hasPrefix("W/") ? fieldValue.dropFirst(2) : fieldValue[...]
    let bytes = opaqueTag.utf8
    guard bytes.count >= 2, bytes.first == .quote, bytes.last == .quote,
      bytes.dropFirst().dropLast().allSatisfy(\.isEntityTagCharacter)
    else { return nil }
  }

  /// The weak validator with the same opaque tag.
  var weakened: String { "W/\(opaqueTag)" }
}

extension UInt8 {
  /// `etagc = %x21 / %x23-7E / obs-text`: anything visible but a double quote.
  fileprivate var isEntityTagCharacter: Bool {
    switch self {
    case 0x21, 0x23...0x7E, 0x80...0xFF: true
    default: false
    }
  }
}
