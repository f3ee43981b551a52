#if Conformance
  import ArgumentParser
  import HTTPOutputBuffering
  import HummingbirdCore
  import Logging
  import NIOSSL
  import OutputBufferingHummingbird

  /// The servers that a script can run on.
  enum Adapter: String, ExpressibleByArgument, CaseIterable {
    case hummingbird
    case hummingbirdHTTP2 = "hummingbird-h2"
    case nioHTTP1 = "nio-h1"
    case nioHTTP2 = "nio-h2"
    case flyingfox
    case toy

    func run(
      _ application: ScriptedApplication, _ options: ServerOptions, logger: Logger
    ) async throws {
      let port = options.port
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
        try await runNIO(application, .http1_1, options, logger: logger)
      case .nioHTTP2:
        try await runNIO(application, .http2, options, logger: logger)
      case .flyingfox:
        try await FlyingFoxServer(application: application).run(port: port, logger: logger)
      case .toy:
        try await ToyScriptServer(application: application).run(port: port, logger: logger)
      }
    }

    private func runNIO(
      _ application: ScriptedApplication, _ version: HTTPProtocolVersion, _ options: ServerOptions,
      logger: Logger
    ) async throws {
      var tls: NIOSSLContext?
      if options.tls {
        var configuration = try ServerCertificate().tlsConfiguration
        configuration.applicationProtocols = [version == .http2 ? "h2" : "http/1.1"]
        tls = try NIOSSLContext(configuration: configuration)
      }
      if options.dropIn {
        try await DropInServer(
          application: application, version: version, tls: tls, port: options.port, logger: logger
        ).runUntilTerminated()
      } else {
        try await NIOServer(
          application, version: version, tls: tls, port: options.port, logger: logger
        ).runUntilTerminated()
      }
    }
  }

  /// Announces the server's port to the parent process, as the only line on standard output.
  func announce(port: Int) {
    print(#"{"host":"127.0.0.1","port":\#(port)}"#)
    flushStandardOutput()
  }
#endif
