#if Hummingbird
  import ContentCodings
  import Foundation
  import Hummingbird
  import Logging
  import OutputBufferingHummingbird

  /// The typical uses of the library on a real server.
  ///
  /// `make demo` measures them. `make serve` keeps the server running, with a page at `/` that
  /// measures them in a browser.
  @main
  struct DemoServer {
    static func main() async throws {
      let buffering = ResponseBuffering(codings: try offers(), explainsDecision: true)
      let marks = Marks()

      let router = Router(context: DemoContext.self, options: .autoGenerateHeadEndpoints)
      router.add(middleware: ConnectionReport(marks: marks))
      router.add(middleware: ChosenCoding())
      router.add(middleware: ContentCodingMiddleware(buffering))
      Scenarios(buffering: buffering, marks: marks).add(to: router)

      let port = CommandLine.arguments.dropFirst().first.flatMap(Int.init) ?? 0
      var logger = Logger(label: "demo")
      logger.logLevel = .error
      let app = Application(
        router: router,
        server: .bufferedHTTP1(),
        configuration: .init(address: .hostname("127.0.0.1", port: port)),
        services: [buffering.service],
        onServerRunning: { channel in
          // `print` would hold the line back if standard output is a pipe.
          let line = #"{"host":"127.0.0.1","port":\#(channel.localAddress?.port ?? 0)}"# + "\n"
          try? FileHandle.standardOutput.write(contentsOf: Data(line.utf8))
        },
        logger: logger
      )
      try await app.runService()
    }

    /// The codings that `CODINGS` names, such as `zstd,br,gzip`; by default all enabled ones, gzip
    /// first.
    private static func offers() throws -> [ContentCodingOffer] {
      let known = [.gzip(), .deflate()] + ContentCodingOffer.defaults.filter { $0.coding != .gzip }
      guard let names = ProcessInfo.processInfo.environment["CODINGS"] else { return known }
      return try names.split(separator: ",").map { name in
        guard let offer = known.first(where: { $0.coding.name == name }) else {
          throw UnknownCoding(name: String(name))
        }
        return offer
      }
    }

    private struct UnknownCoding: Error {
      var name: String
    }
  }
#else
  @main
  struct DemoServer {
    static func main() {
      print("The demo needs Hummingbird: swift run --traits Hummingbird demo-server, or make demo")
    }
  }
#endif
