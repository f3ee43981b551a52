// Runs the black-box cases on a scripted server: swift run AdapterCases SERVER

// snippet.hide
import Foundation
// snippet.show
import OutputBufferingTesting

// snippet.hide
func runCases(onServer executable: URL) async throws {
  // snippet.show
  let suite = AdapterConformance(adapter: "nio-h1", wireProtocol: .http1)
  for result in await suite.run(try ConformanceCase.all(), onServer: executable) {
    if case .failed(let seen) = result.outcome {
      print("\(result.conformanceCase): \(seen)")
    }
  }
  // snippet.hide
}

func runCases(at address: AdapterConformance.Address, on suite: AdapterConformance) async throws {
  // snippet.show
  var cases = try ConformanceCase.all().filter { $0.options.isEmpty }
  for index in cases.indices where cases[index].id.hasPrefix("5F-96") {
    cases[index].cannot["my-adapter"] = "It has no way to close a connection."
  }
  let results = await suite.run(cases, at: address)
  // snippet.hide
  for result in results { print(result.conformanceCase, result.outcome) }
}

if let path = CommandLine.arguments.dropFirst().first {
  try await runCases(onServer: URL(filePath: path))
} else {
  print("\(try ConformanceCase.all().count) cases; name a scripted server to run them on")
}
