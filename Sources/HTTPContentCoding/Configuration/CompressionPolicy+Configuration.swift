#if Configuration
  public import Configuration

  extension CompressionPolicy {
    /// Makes a policy of a configuration; a key that is missing leaves its default.
    ///
    /// | key | takes |
    /// |---|---|
    /// | `minimumByteCount` | the size in bytes from which a body is coded |
    /// | `mediaTypes` | a list of patterns such as `text/*`, `*+json`, `application/wasm` |
    /// | `compressionMode` | `automatic`, `off` or `force` |
    /// | `refusesUnacceptable` | whether a client that accepts nothing is answered with 406 |
    /// | `maximumPaddingByteCount` | by how many bytes the length of coded content may vary |
    ///
    /// - Parameter configuration: A reader, scoped to where the keys are.
    /// - Throws: The first value that can't be used.
    public init(configuration: ConfigReader) throws(InvalidConfiguration) {
      self.init()
      let values = ConfiguredValues(configuration)
      if let count = try values.integer("minimumByteCount", in: 0 ... .max) {
        minimumByteCount = count
      }
      let patterns = try values.list("mediaTypes", of: "media types such as text/html or text/*") {
        MediaTypePattern($0)
      }
      if let patterns { mediaTypes = MediaTypeSet(patterns) }
      let modes: KeyValuePairs<String, CompressionMode> = [
        "automatic": .automatic, "off": .off, "force": .force,
      ]
      if let mode = try values.choice("compressionMode", modes) { self.mode = mode }
      if let refuses = try values.flag("refusesUnacceptable") { refusesUnacceptable = refuses }
      if let count = try values.integer("maximumPaddingByteCount", in: 0 ... .max) {
        maximumPaddingByteCount = count
      }
    }
  }
#endif
