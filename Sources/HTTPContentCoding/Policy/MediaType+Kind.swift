extension MediaType {
  /// The kind of content, as far as an encoder distinguishes it.
  var kind: BodyDescription.Kind {
    if hasType("font") || MediaTypeSet.applicationFonts.contains(self) { return .font }
    return MediaTypeSet.text.contains(self) ? .text : .other
  }
}

extension MediaTypeSet {
  /// The types that are text.
  static let text = MediaTypeSet(
    [.type("text"), .suffix("json"), .suffix("xml"), .suffix("yaml"), .suffix("text")]
      .map(MediaTypePattern.init)
      + [MediaTypePattern](
        type: "application",
        [
          "ecmascript", "graphql", "javascript", "json", "json-seq", "jsonl", "jsonlines",
          "manifest", "rtf", "sql", "toml", "vnd.apple.mpegurl", "x-httpd-php", "x-javascript",
          "x-mpegurl", "x-ndjson", "x-sh", "x-www-form-urlencoded", "x-yaml", "xml", "xml-dtd",
          "yaml",
        ]))

  /// The font types that don't begin with `font/`, most of them from the time before RFC 8081
  /// defined that.
  static let applicationFonts = MediaTypeSet(
    [MediaTypePattern](
      type: "application",
      [
        "font-sfnt", "vnd.ms-fontobject", "x-font-opentype", "x-font-otf", "x-font-truetype",
        "x-font-ttf",
      ]))
}

extension [MediaTypePattern] {
  /// Creates the patterns of some subtypes of a type.
  init(type: String, _ subtypes: [String]) {
    self = subtypes.map { MediaTypePattern(.exact(type: type, subtype: $0)) }
  }
}
