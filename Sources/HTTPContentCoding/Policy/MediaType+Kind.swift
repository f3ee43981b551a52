extension MediaType {
  /// The kind of content, as far as an encoder distinguishes it.
  var kind: BodyDescription.Kind {
    if hasType("font") || MediaTypeSet.fonts.contains(self) { return .font }
    return MediaTypeSet.text.contains(self) ? .text : .other
  }
}

extension MediaTypeSet {
  /// Font types that don't begin with `font/`.
  fileprivate static let fonts = MediaTypeSet(
    [
      "font-sfnt", "vnd.ms-fontobject", "x-font-opentype", "x-font-otf", "x-font-truetype",
      "x-font-ttf",
    ].map { MediaTypePattern(.exact(type: "application", subtype: $0)) })

  /// The types that are text.
  fileprivate static let text = MediaTypeSet(
    [.type("text"), .suffix("json"), .suffix("xml"), .suffix("yaml"), .suffix("text")]
      .map(MediaTypePattern.init)
      + [
        "ecmascript", "graphql", "javascript", "json", "json-seq", "jsonl", "jsonlines",
        "manifest", "rtf", "sql", "toml", "vnd.apple.mpegurl", "x-httpd-php", "x-javascript",
        "x-mpegurl", "x-ndjson", "x-sh", "x-www-form-urlencoded", "x-yaml", "xml", "xml-dtd",
        "yaml",
      ].map { MediaTypePattern(.exact(type: "application", subtype: $0)) })
}
