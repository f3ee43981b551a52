#if Configuration
  package import Configuration

  /// Reads the values of a configuration.
  ///
  /// A reader returns nil both for a missing value and for one of another type. Here the latter is
  /// an error.
  package struct ConfiguredValues {
    private let reader: ConfigReader

    package init(_ reader: ConfigReader) {
      self.reader = reader
    }

    package func integer(
      _ key: ConfigKey, in range: ClosedRange<Int>
    ) throws(InvalidConfiguration) -> Int? {
      let expectation =
        range.upperBound == .max
        ? "an integer of at least \(range.lowerBound)"
        : "an integer from \(range.lowerBound) to \(range.upperBound)"
      guard let integer = reader.int(forKey: key) else {
        return try missing(key, expectation)
      }
      guard range.contains(integer) else { throw invalid(key, "\(integer)", expectation) }
      return integer
    }

    /// Reads an encoder's level, which must be in the library's range.
    package func level<Level: ContentEncoderLevel>(
      _ key: ConfigKey
    ) throws(InvalidConfiguration) -> Level? {
      try integer(key, in: Level.range).map(Level.init(clamping:))
    }

    /// Reads the maximum number of idle encoders of a coding.
    package func idleEncoderLimit(_ key: ConfigKey) throws(InvalidConfiguration) -> Int {
      try integer(key, in: 0 ... .max) ?? ContentCodingOffer.defaultIdleEncoderLimit
    }

    package func flag(_ key: ConfigKey) throws(InvalidConfiguration) -> Bool? {
      if let flag = reader.bool(forKey: key) { return flag }
      return try missing(key, "true or false")
    }

    /// Reads a number of seconds, from 0 to 3,155,760,000 (a hundred years).
    package func duration(_ key: ConfigKey) throws(InvalidConfiguration) -> Duration? {
      let expectation = "a number of seconds from 0 to 3,155,760,000"
      guard let seconds = reader.double(forKey: key) ?? reader.int(forKey: key).map(Double.init)
      else { return try missing(key, expectation) }
      // A hundred years: a longer duration, or NaN, is a mistake.
      guard (0...3_155_760_000).contains(seconds) else {
        throw invalid(key, "\(seconds)", expectation)
      }
      return .seconds(seconds)
    }

    /// Reads a list of strings and creates a value from each.
    package func list<Value>(
      _ key: ConfigKey, of expectation: String, _ make: (String) -> Value?
    ) throws(InvalidConfiguration) -> [Value]? {
      guard let texts = reader.stringArray(forKey: key) ?? reader.string(forKey: key).map({ [$0] })
      else { return try missing(key, expectation) }
      var values: [Value] = []
      for text in texts {
        guard let value = make(text) else { throw invalid(key, text, expectation) }
        values.append(value)
      }
      return values
    }

    /// Reads a string and creates a value from it.
    package func value<Value>(
      _ key: ConfigKey, of expectation: String, _ make: (String) -> Value?
    ) throws(InvalidConfiguration) -> Value? {
      guard let text = reader.string(forKey: key) else { return try missing(key, expectation) }
      guard let value = make(text) else { throw invalid(key, text, expectation) }
      return value
    }

    /// Reads a string that must be one of several names.
    package func choice<Value>(
      _ key: ConfigKey, _ choices: KeyValuePairs<String, Value>
    ) throws(InvalidConfiguration) -> Value? {
      let names = choices.map(\.key).joined(separator: " or ")
      return try value(key, of: names) { name in choices.first { $0.key == name }?.value }
    }

    /// Throws if the key has a value of another type.
    private func missing<Value>(
      _ key: ConfigKey, _ expectation: String
    ) throws(InvalidConfiguration) -> Value? {
      let texts: [String?] = [
        reader.string(forKey: key), reader.int(forKey: key)?.description,
        reader.double(forKey: key)?.description, reader.bool(forKey: key)?.description,
        reader.stringArray(forKey: key)?.joined(separator: ", "),
      ]
      guard let text = texts.lazy.compactMap(\.self).first else { return nil }
      throw invalid(key, text, expectation)
    }

    private func invalid(
      _ key: ConfigKey, _ value: String, _ expectation: String
    ) -> InvalidConfiguration {
      InvalidConfiguration(
        key: key.components.joined(separator: "."), value: value, expectation: expectation)
    }
  }
#endif
