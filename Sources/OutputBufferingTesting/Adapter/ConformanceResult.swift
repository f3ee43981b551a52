/// What came of a case on an adapter.
public struct ConformanceResult: Sendable {
  /// How a case ended.
  public enum Outcome: Sendable, Equatable {
    /// Everything was as expected.
    case passed
    /// What was seen in place of what was expected.
    case failed([String])
    /// The adapter, or its protocol, has no way to express the case, for this reason.
    case cannotExpress(String)
  }

  /// The case.
  public var conformanceCase: ConformanceCase
  /// The name of the adapter.
  public var adapter: String
  /// How it ended.
  public var outcome: Outcome
  /// How long it took.
  public var duration = Duration.zero
}
