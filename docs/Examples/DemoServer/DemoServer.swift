#if Hummingbird
  import ContentCodings
  import Foundation
  import Hummingbird
  import Logging
  import OutputBufferingHummingbird

  /// The handlers people come for, on a real server; `make demo` measures them, `make serve` keeps them
  /// running.
  @main
  struct DemoServer {
    static func main() async throws {
      let buffering = ResponseBuffering(codings: try offers())
      let marks = Marks()

      let router = Router(options: .autoGenerateHeadEndpoints)
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
          // Not print, which holds a line back where standard output is a pipe.
          let line = #"{"host":"127.0.0.1","port":\#(channel.localAddress?.port ?? 0)}"# + "\n"
          try? FileHandle.standardOutput.write(contentsOf: Data(line.utf8))
        },
        logger: logger
      )
      try await app.runService()
    }

    /// gzip and deflate, or what `CODINGS` names, such as `zstd,br,gzip`, as far as the traits have built it.
    private static func offers() throws -> [ContentCodingOffer] {
      let names = ProcessInfo.processInfo.environment["CODINGS"] ?? "gzip,deflate"
      let known = ContentCodingOffer.defaults + [.deflate()]
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
