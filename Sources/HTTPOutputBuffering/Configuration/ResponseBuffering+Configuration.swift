#if Configuration
  public import Configuration
  public import HTTPContentCoding

  extension ResponseBuffering {
    /// Creates response buffering and its service from a configuration.
    ///
    /// ```swift
    /// let buffering = try ResponseBuffering(
    ///   configuration: config, codings: [.gzip(configuration: config)])
    /// ```
    ///
    /// - Parameters:
    ///   - configuration: A reader, scoped to the keys.
    ///   - codings: The codings that the application can offer, in order of preference; the key
    ///     `codings` chooses among them.
    ///   - keeping: A function that keeps unfinished work at a shutdown, for up to
    ///     `shutdown.keepingDeadlineSeconds`; nil for none. See
    ///     ``AfterResponseService/init(settings:logger:keepingUnfinished:)``.
    /// - Throws: The first value that can't be used.
    public convenience init(
      configuration: ConfigReader, codings: [ContentCodingOffer],
      keepingUnfinished keeping: AfterResponseService.Keeping? = nil
    ) throws(InvalidConfiguration) {
      let settings = try ResponseSettings(configuration: configuration, codings: codings)
      let service = try AfterResponseService.Settings(configuration: configuration)
      self.init(
        settings: settings,
        service: AfterResponseService(settings: service, keepingUnfinished: keeping))
    }
  }

  extension AfterResponseService.Settings {
    /// Creates settings from a configuration; a missing key leaves its default.
    ///
    /// | key | takes |
    /// |---|---|
    /// | `maximumReleasedHandlers` | number of handlers that may continue after their response |
    /// | `shutdown.responseDeadlineSeconds` | time for responses after a shutdown has begun |
    /// | `shutdown.drainDeadlineSeconds` | time for work after its response |
    /// | `shutdown.cancellationDeadlineSeconds` | time to wait for cancelled work and handlers |
    /// | `shutdown.keepingDeadlineSeconds` | time for the application to keep unfinished work |
    ///
    /// - Parameter configuration: A reader, scoped to the keys.
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
