#if Configuration
  public import Configuration

  extension CompressionPolicy {
    /// Creates a policy from a configuration; a missing key keeps its default.
    ///
    /// | key | value |
    /// |---|---|
    /// | `minimumByteCount` | the minimum size, in bytes, of a body that is coded |
    /// | `mediaTypes` | a list of patterns such as `text/*`, `*+json`, `application/wasm` |
    /// | `compressionMode` | `automatic`, `off` or `force` |
    /// | `refusesUnacceptable` | whether a client that accepts no available coding gets a 406 |
    /// | `maximumPaddingByteCount` | the maximum number of bytes of padding in coded content |
    ///
    /// - Parameter configuration: A reader, scoped to the keys.
    /// - Throws: An error for the first invalid value.
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
