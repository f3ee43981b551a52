#if Configuration
  public import Configuration
  public import HTTPContentCoding
  import HTTPTypes

  extension ResponseSettings {
    /// Creates settings from a configuration; a missing key leaves its default.
    ///
    /// ```swift
    /// let config = ConfigReader(provider: EnvironmentVariablesProvider()).scoped(to: "response")
    /// let settings = try ResponseSettings(
    ///   configuration: config, codings: [.gzip(configuration: config)])
    /// ```
    ///
    /// `docs/configuration.md` of the package lists all keys.
    ///
    /// - Parameters:
    ///   - configuration: A reader, scoped to the keys.
    ///   - codings: The codings that the application can offer, in order of preference. The key
    ///     `codings`, a list of names, chooses among them and orders them.
    /// - Throws: The first value that can't be used.
    public init(
      configuration: ConfigReader, codings: [ContentCodingOffer]
    ) throws(InvalidConfiguration) {
      let values = ConfiguredValues(configuration)
      let names = codings.map(\.coding.description).joined(separator: ", ")
      let chosen = try values.list("codings", of: "names among \(names)") { name in
        codings.first { $0.coding == ContentCoding(name) }
      }
      self.init(
        codings: chosen ?? codings, policy: try CompressionPolicy(configuration: configuration))
      try take(values)
    }

    private mutating func take(_ values: ConfiguredValues) throws(InvalidConfiguration) {
      let counts: KeyValuePairs<ConfigKey, WritableKeyPath<Self, Int>> = [
        "maximumBufferedBytes": \.maximumBufferedBytes,
        "maximumWholeBytes": \.maximumWholeBytes,
        "maximumUnsentBytes": \.maximumUnsentBytes,
      ]
      for (key, setting) in counts {
        if let count = try values.integer(key, in: 0 ... .max) { self[keyPath: setting] = count }
      }
      let flags: KeyValuePairs<ConfigKey, WritableKeyPath<Self, Bool>> = [
        "prefersSuspendableCodings": \.prefersSuspendableCodings,
        "explainsDecision": \.explainsDecision,
        "ignoresDisconnect": \.ignoresDisconnect,
        "allowsHalfClosedClients": \.allowsHalfClosedClients,
      ]
      for (key, setting) in flags {
        if let flag = try values.flag(key) { self[keyPath: setting] = flag }
      }
      let limits: KeyValuePairs<ConfigKey, WritableKeyPath<Self, Duration?>> = [
        "timeLimitSeconds": \.timeLimit,
        "stallLimitSeconds": \.stallLimit,
      ]
      for (key, setting) in limits {
        guard let limit = try values.duration(key) else { continue }
        self[keyPath: setting] = limit == .zero ? nil : limit
      }
      if let field = try values.value(
        "plainLengthField", of: "the name of a field", { HTTPField.Name($0) })
      {
        plainLengthField = field
      }
      let admissions: KeyValuePairs<String, Admission> = [
        "keepsConnection": .keepsConnection, "refuses": .refuses,
      ]
      if let admission = try values.choice("admission", admissions) { self.admission = admission }
    }
  }
#endif
