extension MediaTypeSet {
  /// The media types worth compressing: text types and a few binary formats without compression of
  /// their own.
  ///
  /// It contains all of `text/*`; every `+json`, `+xml`, `+yaml` and `+text` type; JavaScript, JSON
  /// and XML under their application names; WebAssembly; and the font and image formats without
  /// compression of their own. Nothing else is compressed: images, video and archives would only
  /// grow.
  public static let compressible = MediaTypeSet(
    text.patterns.union(applicationFonts.patterns)
      .union([MediaTypePattern](type: "application", ["wasm"]))
      .union([MediaTypePattern](type: "font", ["collection", "otf", "sfnt", "ttf", "eot"]))
      .union(
        [MediaTypePattern](type: "image", ["bmp", "vnd.microsoft.icon", "x-icon", "x-ms-bmp"])))
}
