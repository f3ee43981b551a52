#if Conformance
  import Foundation
  import OutputBufferingTesting
  import Testing

  /// The adapters of this package, each with the protocol of its scripted server.
  enum TestedAdapter: String, CaseIterable, CustomTestStringConvertible {
    case nioHTTP1 = "nio-h1"
    case nioHTTP2 = "nio-h2"
    case hummingbird
    case hummingbirdHTTP2 = "hummingbird-h2"
    case flyingFox = "flyingfox"
    /// The one of `docs/write-an-adapter.md`, which has the public API alone.
    case toy

    var testDescription: String { rawValue }

    var suite: AdapterConformance {
      switch self {
      case .nioHTTP1, .hummingbird, .flyingFox, .toy:
        AdapterConformance(adapter: rawValue, wireProtocol: .http1)
      case .nioHTTP2: AdapterConformance(adapter: rawValue, wireProtocol: .http2)
      case .hummingbirdHTTP2: AdapterConformance(adapter: rawValue, wireProtocol: .http2OverTLS)
      }
    }

    /// The results by case: all adapters run concurrently, each once.
    var results: Task<[String: ConformanceResult], any Error> {
      get throws { try #require(Self.runs[self]) }
    }

    private static let runs = Dictionary(
      uniqueKeysWithValues: allCases.map { adapter in
        (
          adapter,
          Task {
            let results = await adapter.suite.run(
              try ConformanceCase.all(), onServer: try scriptedServer())
            return Dictionary(
              uniqueKeysWithValues: results.map { ($0.conformanceCase.id, $0) })
          }
        )
      })

    /// The server is built next to the test bundle; `SCRIPTED_SERVER` overrides its path.
    private static func scriptedServer() throws -> URL {
      if let path = ProcessInfo.processInfo.environment["SCRIPTED_SERVER"] {
        return URL(filePath: path)
      }
      let beside = Bundle.allBundles.map(\.bundleURL) + [Bundle.main.bundleURL]
      let folders = beside.flatMap { [$0, $0.deletingLastPathComponent()] }
      let candidates = folders.map { $0.appending(path: "scripted-server") }
      return try #require(
        candidates.first { FileManager.default.isExecutableFile(atPath: $0.path) })
    }
  }
#endif
