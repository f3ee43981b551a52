#if Configuration
  public import Configuration
  public import HTTPContentCoding

  extension ResponseBuffering {
    /// Makes an engine, with its service, of a configuration.
    ///
    /// ```swift
    /// let buffering = try ResponseBuffering(
    ///   configuration: config, codings: [.gzip(configuration: config)])
    /// ```
    ///
    /// - Parameters:
    ///   - configuration: A reader, scoped to where the keys are.
    ///   - codings: What the application can offer, the preferred one first; the key `codings` chooses among
    ///     them.
    /// - Throws: The first value that can't be used.
    public convenience init(
      configuration: ConfigReader, codings: [ContentCodingOffer]
    ) throws(InvalidConfiguration) {
      let settings = try ResponseSettings(configuration: configuration, codings: codings)
      let service = try AfterResponseService.Settings(configuration: configuration)
      self.init(settings: settings, service: AfterResponseService(settings: service))
    }
  }

  extension AfterResponseService.Settings {
    /// Makes settings of a configuration; a key that is missing leaves its default.
    ///
    /// | key | takes |
    /// |---|---|
    /// | `maximumReleasedHandlers` | how many handlers may work on after their response |
    /// | `shutdown.responseDeadlineSeconds` | how long a response may be underway after shutdown has begun |
    /// | `shutdown.drainDeadlineSeconds` | how long work may go on after its response |
    /// | `shutdown.cancellationDeadlineSeconds` | how long what was cancelled is waited for |
    /// | `shutdown.keepingDeadlineSeconds` | how long the application may take to keep what is unfinished |
    ///
    /// - Parameter configuration: A reader, scoped to where the keys are.
    /// - Throws: The first value that can't be used.
    public init(configuration: ConfigReader) throws(InvalidConfiguration) {
      self.init()
      let values = ConfiguredValues(configuration)
      if let count = try values.integer("maximumReleasedHandlers", in: 0 ... .max) {
        maximumReleasedHandlers = count
      }
      let deadlines: KeyValuePairs<ConfigKey, WritableKeyPath<Self, Duration>> = [
        "shutdown.responseDeadlineSeconds": \.responseDeadline,
        "shutdown.drainDeadlineSeconds": \.drainDeadline,
        "shutdown.cancellationDeadlineSeconds": \.cancellationDeadline,
        "shutdown.keepingDeadlineSeconds": \.keepingDeadline,
      ]
      for (key, setting) in deadlines {
        if let deadline = try values.duration(key) { self[keyPath: setting] = deadline }
      }
    }
  }
#endif
