import Foundation
import OutputBufferingTesting

/// Runs every black-box case on every adapter and prints a table of the results.
@main
struct ConformanceReport {
  static func main() async throws {
    var arguments = CommandLine.arguments.dropFirst()
    guard let path = arguments.popFirst() else {
      print("usage: conformance-report SCRIPTED-SERVER ADAPTER=h1|h2c|h2-tls … [CASE-PREFIX …]")
      exit(2)
    }
    let suites = arguments.compactMap { argument -> AdapterConformance? in
      let parts = argument.split(separator: "=").map(String.init)
      guard parts.count == 2, let spoken = WireProtocol(rawValue: parts[1]) else { return nil }
      var suite = AdapterConformance(adapter: parts[0], wireProtocol: spoken)
      suite.onResult = { result in
        let isSlow = result.duration > .seconds(5)
        guard result.isFailure || isSlow else { return }
        let line =
          "\(result.sign) \(result.adapter) \(result.conformanceCase): \(result.duration)\n"
        FileHandle.standardError.write(Data(line.utf8))
      }
      return suite
    }
    let prefixes = arguments.filter { !$0.contains("=") }
    let cases = try ConformanceCase.all().filter { some in
      prefixes.isEmpty || prefixes.contains { some.id.hasPrefix($0) }
    }
    let server = URL(fileURLWithPath: path)
    let columns = await withTaskGroup { group in
      for (index, suite) in suites.enumerated() {
        group.addTask { (index, await suite.run(cases, onServer: server)) }
      }
      var columns = [[ConformanceResult]](repeating: [], count: suites.count)
      for await (index, column) in group { columns[index] = column }
      return columns
    }
    let table = ResultTable(adapters: suites.map(\.adapter), columns: columns)
    print(table.text)
    exit(table.hasFailures ? 1 : 0)
  }
}
