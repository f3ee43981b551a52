extension MediaTypeSet {
  /// The media types that are worth compressing: text in its many names, and a few binary
  /// formats that leave compression to the transport.
  ///
  /// All of `text/*`, every `+json`, `+xml`, `+yaml` and `+text` type, JavaScript, JSON and XML
  /// under their application names, WebAssembly, and the font and image formats that are not
  /// compressed by themselves. What is not listed is not compressed: images, video and archives
  /// only grow.
  public static let compressible = MediaTypeSet(
    [.type("text"), .suffix("json"), .suffix("xml"), .suffix("yaml"), .suffix("text")]
      .map(MediaTypePattern.init)
      + [
        "ecmascript", "graphql", "javascript", "json", "json-seq", "jsonl", "jsonlines",
        "manifest", "rtf", "sql", "toml", "vnd.apple.mpegurl", "vnd.ms-fontobject", "wasm",
        "x-httpd-php", "x-javascript", "x-mpegurl", "x-ndjson", "x-sh", "x-www-form-urlencoded",
        "x-yaml", "xml", "xml-dtd", "yaml",
        // The names fonts had before RFC 8081 gave them a type of their own.
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
