#if Conformance
  import HTTPOutputBuffering
  import HTTPTypes
  import Logging
  import NIOCore
  import NIOHTTP1
  import NIOHTTP2
  import NIOHTTPTypesHTTP1
  import NIOHTTPTypesHTTP2
  import NIOPosix
  import NIOSSL
  import OutputBufferingNIO
  import ServiceLifecycle
  import UnixSignals

  /// An application of channel handlers on plain SwiftNIO that uses the drop-in handlers.
  ///
  /// At its end it abandons the responses in progress.
  struct DropInServer: Service {
    let application: ScriptedApplication
    let version: HTTPProtocolVersion
    /// Nil for no TLS.
    let tls: NIOSSLContext?
    let port: Int
    let logger: Logger

    func runUntilTerminated() async throws {
      let configuration = ServiceGroupConfiguration(
        services: [self], gracefulShutdownSignals: [.sigterm], logger: logger)
      try await ServiceGroup(configuration: configuration).run()
    }

    func run() async throws {
      let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .serverChannelOption(.backlog, value: 1024)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            if let tls {
              try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
            }
            version == .http2 ? try configureHTTP2(channel) : try configureHTTP1(channel)
          }
        }
        .bind(host: "127.0.0.1", port: port).get()
      announce(port: server.localAddress?.port ?? 0)
      try await withGracefulShutdownHandler {
        try await server.closeFuture.get()
      } onGracefulShutdown: {
        server.close(promise: nil)
      }
    }

    private var settings: ResponseSettings { application.buffering.settings }

    private func configureHTTP1(_ channel: any Channel) throws {
      let pipeline = channel.pipeline.syncOperations
      try pipeline.configureHTTPServerPipeline()
      try pipeline.addHandler(HTTPResponseCodingHandler(settings: settings, logger: logger))
      try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: tls != nil))
      try pipeline.addHandler(ScriptedHandler(application))
    }

    private func configureHTTP2(_ channel: any Channel) throws {
      _ = try channel.pipeline.syncOperations.configureHTTP2Pipeline(
        mode: .server, connectionConfiguration: .init(), streamConfiguration: .init()
      ) { stream in
        stream.eventLoop.makeCompletedFuture {
          let pipeline = stream.pipeline.syncOperations
          try pipeline.addHandler(HTTP2FramePayloadToHTTPServerCodec())
          try pipeline.addHandler(
            HTTPTypesResponseCodingHandler(version: .http2, settings: settings, logger: logger))
          try pipeline.addHandler(ScriptedHandler(application))
        }
      }
    }
  }
#endif
