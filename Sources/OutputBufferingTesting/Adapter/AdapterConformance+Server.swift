public import Foundation

extension AdapterConformance {
  /// Runs cases on servers that are started for them, one for each set of options.
  ///
  /// - Parameters:
  ///   - cases: The cases, whatever options they need.
  ///   - executable: A scripted server that takes `--adapter`, `--port` and the options of the cases.
  /// - Returns: A result for each case, in the same order.
  public func run(
    _ cases: [ConformanceCase], onServer executable: URL
  ) async -> [ConformanceResult] {
    var results: [String: ConformanceResult] = [:]
    let groups = Dictionary(grouping: cases, by: \.options)
      .sorted { ($0.key.count, $0.key.joined()) < ($1.key.count, $1.key.joined()) }
    for (options, group) in groups {
      for result in await run(group, onServer: executable, options: options) {
        results[result.conformanceCase.id] = result
      }
    }
    return cases.compactMap { results[$0.id] }
  }

  private func run(
    _ cases: [ConformanceCase], onServer executable: URL, options: [String]
  ) async -> [ConformanceResult] {
    let arguments = ["--adapter", adapter, "--port", "0", "--drain-deadline", "500"] + options
    do {
      let server = try ScriptedServerProcess(executable: executable, arguments: arguments)
      defer { server.stop() }
      return await run(cases, at: server.address)
    } catch {
      return cases.map { some in
        ConformanceResult(
          conformanceCase: some, adapter: adapter, outcome: .failed(["no server: \(error)"]))
      }
    }
  }
}
