extension MediaTypeSet {
  /// The media types worth compressing: text types and a few binary formats without compression of
  /// their own.
  ///
  /// It contains all of `text/*`; every `+json`, `+xml`, `+yaml` and `+text` type; JavaScript, JSON
  /// and XML under their application names; WebAssembly; and the font and image formats without
  /// compression of their own. Nothing else is compressed: images, video and archives would only
  /// grow.
  public static let compressible = MediaTypeSet(
    [.type("text"), .suffix("json"), .suffix("xml"), .suffix("yaml"), .suffix("text")]
      .map(MediaTypePattern.init)
      + [
        "ecmascript", "graphql", "javascript", "json", "json-seq", "jsonl", "jsonlines",
        "manifest", "rtf", "sql", "toml", "vnd.apple.mpegurl", "vnd.ms-fontobject", "wasm",
        "x-httpd-php", "x-javascript", "x-mpegurl", "x-ndjson", "x-sh", "x-www-form-urlencoded",
        "x-yaml", "xml", "xml-dtd", "yaml",
        // The font types in use before RFC 8081 defined `font/*`.
        "font-sfnt", "x-font-otf", "x-font-ttf", "x-font-truetype", "x-font-opentype",
      ].map { MediaTypePattern(.exact(type: "application", subtype: $0)) }
      + ["collection", "otf", "sfnt", "ttf", "eot"].map {
        MediaTypePattern(.exact(type: "font", subtype: $0))
      }
      + ["bmp", "vnd.microsoft.icon", "x-icon", "x-ms-bmp"].map {
        MediaTypePattern(.exact(type: "image", subtype: $0))
      }
  )
}
