#if Conformance
  import ArgumentParser
  import HTTPOutputBuffering
  import HummingbirdCore
  import Logging
  import OutputBufferingHummingbird

  /// The servers that a script can run on.
  enum Adapter: String, ExpressibleByArgument, CaseIterable {
    case hummingbird
    case hummingbirdHTTP2 = "hummingbird-h2"
    case nioHTTP1 = "nio-h1"
    case nioHTTP2 = "nio-h2"
    case flyingfox

    func run(_ application: ScriptedApplication, port: Int, logger: Logger) async throws {
      switch self {
      case .hummingbird:
        try await HummingbirdServer(application: application, server: .bufferedHTTP1())
          .run(port: port, logger: logger)
      case .hummingbirdHTTP2:
        let server = try HTTPServerBuilder.bufferedHTTP2Upgrade(
          tlsConfiguration: try ServerCertificate().tlsConfiguration)
        try await HummingbirdServer(application: application, server: server)
          .run(port: port, logger: logger)
      case .nioHTTP1:
        try await NIOServer(application, version: .http1_1, port: port, logger: logger)
          .runUntilTerminated()
      case .nioHTTP2:
        try await NIOServer(application, version: .http2, port: port, logger: logger)
          .runUntilTerminated()
      case .flyingfox:
        try await FlyingFoxServer(application: application).run(port: port, logger: logger)
      }
    }
  }

  /// Tells the caller where the server listens: the one line on standard output.
  func announce(port: Int) {
    print(#"{"host":"127.0.0.1","port":\#(port)}"#)
    flushStandardOutput()
  }
#endif
