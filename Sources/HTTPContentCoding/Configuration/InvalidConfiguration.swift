#if Configuration
  /// An invalid value in the configuration.
  ///
  /// A missing value isn't an error: the setting keeps its default.
  public struct InvalidConfiguration: Error, Hashable, Sendable, CustomStringConvertible {
    /// The key, relative to the reader, such as `gzip.level`.
    public let key: String
    /// The value as a string.
    public let value: String
    /// What the key accepts, such as `an integer from 0 to 9`.
    public let expectation: String

    /// Creates an error.
    ///
    /// - Parameters:
    ///   - key: The key, relative to the reader.
    ///   - value: The value as a string.
    ///   - expectation: What the key accepts.
    public init(key: String, value: String, expectation: String) {
      self.key = key
      self.value = value
      self.expectation = expectation
    }

    /// One line for a log, such as `gzip.level must be an integer from 0 to 9, not 12`.
    public var description: String { "\(key) must be \(expectation), not \(value)" }
  }
#endif
