import Foundation

/// Runs the black-box cases against a scripted server on one adapter.
///
/// A third-party adapter provides its own scripted server, which answers according to the script
/// that each request carries, and runs this suite in its tests, with `Issue.record` in place of
/// `print`:
///
/// ```swift
/// let suite = AdapterConformance(adapter: "nio-h1", wireProtocol: .http1)
/// for result in await suite.run(try ConformanceCase.all(), onServer: executable) {
///   if case .failed(let seen) = result.outcome {
///     print("\(result.conformanceCase): \(seen)")
///   }
/// }
/// ```
///
/// The cases of one server run sequentially, because they measure time and read its side doors.
public struct AdapterConformance: Sendable {
  /// The address at which a server listens.
  public struct Address: Sendable, Hashable {
    /// An IPv4 address.
    public var host: String
    /// The port.
    public var port: Int

    /// Creates an address.
    ///
    /// - Parameters:
    ///   - host: An IPv4 address.
    ///   - port: The port.
    public init(host: String, port: Int) {
      self.host = host
      self.port = port
    }
  }

  /// The adapter's name, which cases use to say what it can't express.
  public var adapter: String
  /// The protocol that the server speaks.
  public var wireProtocol: WireProtocol

  /// The maximum number of attempts for a case that fails only a time limit, because other work on
  /// the machine may cause delays.
  public var timingAttempts = 4

  /// Called with each result as soon as it is available, on any thread.
  public var onResult: (@Sendable (ConformanceResult) -> Void)?

  /// Creates the suite for an adapter.
  ///
  /// - Parameters:
  ///   - adapter: The adapter's name, which cases use to say what it can't express.
  ///   - wireProtocol: The protocol that the server speaks.
  public init(adapter: String, wireProtocol: WireProtocol) {
    self.adapter = adapter
    self.wireProtocol = wireProtocol
  }

  /// Runs cases sequentially, on a separate thread.
  ///
  /// - Parameters:
  ///   - cases: Cases whose options the server was started with.
  ///   - address: The address at which the server listens.
  /// - Returns: A result for each case, in the same order.
  public func run(_ cases: [ConformanceCase], at address: Address) async -> [ConformanceResult] {
    await withCheckedContinuation { continuation in
      let thread = Thread {
        let side = SideDoors(address: address, wireProtocol: wireProtocol)
        let results = cases.map { some in
          let start = ContinuousClock.now
          var result = run(some, at: address, side)
          result.duration = .now - start
          onResult?(result)
          return result
        }
        continuation.resume(returning: results)
      }
      thread.stackSize = 1 << 20
      thread.start()
    }
  }

  private func run(
    _ conformanceCase: ConformanceCase, at address: Address, _ side: SideDoors
  ) -> ConformanceResult {
    var result = ConformanceResult(
      conformanceCase: conformanceCase, adapter: adapter, outcome: .passed)
    if let reason = conformanceCase.reasonNotToRun(on: adapter, over: wireProtocol) {
      result.outcome = .cannotExpress(reason)
      return result
    }
    let attempts = conformanceCase.endsServer ? 1 : timingAttempts
    for _ in 0..<max(1, attempts) {
      let run = CaseRun(conformanceCase, at: address, over: wireProtocol, side)
      run.run()
      guard !run.failures.isEmpty else {
        result.outcome = .passed
        return result
      }
      result.outcome = .failed(run.failures.map(\.text))
      guard run.failures.allSatisfy(\.isTiming) else { return result }
    }
    return result
  }
}
