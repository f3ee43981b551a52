public import Foundation

extension AdapterConformance {
  private struct Server: Hashable {
    var options: [String]
    /// The case that shuts the server down, if any.
    var ending: String?
  }

  /// Runs cases on servers that it starts: one for each set of options, and one for each case that
  /// shuts its server down.
  ///
  /// - Parameters:
  ///   - cases: The cases, with any options.
  ///   - executable: A scripted server that takes `--adapter`, `--port` and the options of the
  ///     cases.
  /// - Returns: A result for each case, in the same order.
  public func run(
    _ cases: [ConformanceCase], onServer executable: URL
  ) async -> [ConformanceResult] {
    var results: [String: ConformanceResult] = [:]
    let groups = Dictionary(grouping: cases) { some in
      Server(options: some.options, ending: some.endsServer ? some.id : nil)
    }
    .sorted {
      ($0.key.options.count, $0.key.options.joined(), $0.key.ending ?? "")
        < ($1.key.options.count, $1.key.options.joined(), $1.key.ending ?? "")
    }
    for (server, group) in groups {
      for result in await run(group, onServer: executable, options: server.options) {
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
