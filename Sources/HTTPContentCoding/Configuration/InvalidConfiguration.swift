#if Configuration
  /// A value in the configuration that a setting can't take.
  ///
  /// A missing value is no error: the setting keeps its default.
  public struct InvalidConfiguration: Error, Hashable, Sendable, CustomStringConvertible {
    /// The key, relative to the reader, such as `gzip.level`.
    public let key: String
    /// The value as text.
    public let value: String
    /// What the key takes, such as `an integer from 0 to 9`.
    public let expectation: String

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - key: The key, relative to the reader.
    ///   - value: The value as text.
    ///   - expectation: What the key takes.
    public init(key: String, value: String, expectation: String) {
      self.key = key
      self.value = value
      self.expectation = expectation
    }

    /// One line for a log, such as `gzip.level is 12, and takes an integer from 0 to 9`.
    public var description: String { "\(key) is \(value), and takes \(expectation)" }
  }
#endif
