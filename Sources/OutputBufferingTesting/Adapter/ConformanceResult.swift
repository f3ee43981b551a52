/// The result of a case on an adapter.
public struct ConformanceResult: Sendable {
  /// The outcome of a case.
  public enum Outcome: Sendable, Equatable {
    /// All expectations were met.
    case passed
    /// Some expectations weren't met; the strings describe what was observed.
    case failed([String])
    /// The adapter or its protocol can't express the case, for this reason.
    case cannotExpress(String)
  }

  /// The case.
  public var conformanceCase: ConformanceCase
  /// The name of the adapter.
  public var adapter: String
  /// The outcome.
  public var outcome: Outcome
  /// How long the case took.
  public var duration = Duration.zero
}
