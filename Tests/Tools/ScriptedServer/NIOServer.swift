#if Conformance
  import Foundation
  import HTTPOutputBuffering
  import HTTPTypes
  import Logging
  import NIOCore
  import NIOHTTP1
  import NIOHTTP2
  import NIOHTTPTypes
  import NIOHTTPTypesHTTP1
  import NIOHTTPTypesHTTP2
  import NIOPosix
  import NIOSSL
  import OutputBufferingNIO
  import ServiceLifecycle
  import Synchronization
  import UnixSignals

  /// The scripted application on plain SwiftNIO, over HTTP/1.1 or HTTP/2, in clear text with prior
  /// knowledge or over TLS.
  struct NIOServer: Service {
    typealias MessageChannel = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    /// A connection, or an HTTP/2 stream, with its observer.
    struct Exchange: Sendable {
      var channel: MessageChannel
      var connection: HTTPServerConnection
    }

    let application: ScriptedApplication
    let version: HTTPProtocolVersion
    /// Nil for no TLS.
    let tls: NIOSSLContext?
    let port: Int
    let logger: Logger
    private let connections = OpenConnections()

    init(
      _ application: ScriptedApplication, version: HTTPProtocolVersion, tls: NIOSSLContext?,
      port: Int, logger: Logger
    ) {
      self.application = application
      self.version = version
      self.tls = tls
      self.port = port
      self.logger = logger
    }

    func runUntilTerminated() async throws {
      var configuration = ServiceGroupConfiguration(
        services: [application.buffering.service, self], gracefulShutdownSignals: [.sigterm],
        logger: logger)
      // Abandon clients that read nothing.
      configuration.maximumGracefulShutdownDuration =
        application.shutdownDeadline + .seconds(1)
      try await ServiceGroup(configuration: configuration).run()
    }

    func run() async throws {
      version == .http2 ? try await runHTTP2() : try await runHTTP1()
    }

    private var bootstrap: ServerBootstrap {
      ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .serverChannelOption(.backlog, value: 1024)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        // HTTP/2 has no half-closed connections, so no handler would close the other half.
        .childChannelOption(.allowRemoteHalfClosure, value: version != .http2)
    }

    private func runHTTP1() async throws {
      let server = try await bootstrap.bind(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
          try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: false, withErrorHandling: false)
          try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: tls != nil))
          let connection = try HTTPServerConnection.watchHTTP1(
            channel, sendsFileRegions: true)
          let messages = try MessageChannel(
            wrappingChannelSynchronously: channel,
            configuration: .init(isOutboundHalfClosureEnabled: true))
          return Exchange(channel: messages, connection: connection)
        }
      }
      try await accept(server) { exchange in
        let channel = exchange.channel.channel
        connections.add(channel)
        await serve(exchange, on: channel)
      }
    }

    private func runHTTP2() async throws {
      let server = try await bootstrap.bind(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          connections.add(channel)
          if let tls {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
          }
          // Sends GOAWAY and closes the connection when its streams have ended.
          let manager = NIOHTTP2ServerConnectionManagementHandler(
            eventLoop: channel.eventLoop,
            configuration: .init(
              maxIdleTime: nil, maxAge: nil, maxGraceTime: .init(application.shutdownDeadline),
              keepalive: nil))
          let multiplexer = try channel.pipeline.syncOperations.configureAsyncHTTP2Pipeline(
            mode: .server, streamDelegate: manager.http2StreamDelegate, configuration: .init()
          ) { stream in
            stream.eventLoop.makeCompletedFuture {
              try stream.pipeline.syncOperations.addHandler(HTTP2FramePayloadToHTTPServerCodec())
              let connection = try HTTPServerConnection.watchHTTP2Stream(stream)
              let messages = try MessageChannel(wrappingChannelSynchronously: stream)
              return Exchange(channel: messages, connection: connection)
            }
          }
          try channel.pipeline.syncOperations.addHandlers([manager, ConnectionErrorHandler()])
          return (multiplexer, channel)
        }
      }
      try await accept(server) { (multiplexer, channel) in
        try? await withThrowingDiscardingTaskGroup { group in
          for try await stream in multiplexer.inbound {
            group.addTask {
              await serve(stream, on: stream.channel.channel)
            }
          }
        }
        // Bytes that its streams have written may still be unsent.
        try? await channel.closeFuture.get()
      }
    }

    private func accept<Inbound: Sendable>(
      _ server: NIOAsyncChannel<Inbound, Never>,
      _ serve: @escaping @Sendable (Inbound) async -> Void
    ) async throws {
      announce(port: server.channel.localAddress?.port ?? 0)
      try await withGracefulShutdownHandler {
        try await server.executeThenClose { inbound in
          try await withThrowingDiscardingTaskGroup { group in
            for try await connection in inbound {
              group.addTask { await serve(connection) }
            }
          }
        }
      } onGracefulShutdown: {
        application.buffering.service.beginShutdown()
        connections.shutDown(version)
        server.channel.close(promise: nil)
        Task {
          await application.buffering.service.responsesEnded()
          // Abandon idle clients that don't respond to GOAWAY.
          try await Task.sleep(for: .seconds(1))
          connections.closeIdle()
        }
      }
    }

    private func serve(_ exchange: Exchange, on channel: any Channel) async {
      let connection = exchange.connection
      try? await exchange.channel.executeThenClose { inbound, outbound in
        var iterator = inbound.makeAsyncIterator()
        while case .head(let request)? = try await iterator.next(), !connection.isClosing {
          connections.began(on: channel)
          defer { connections.ended(on: channel) }
          var body = Data()
          connection.sendContinue()
          while case .body(let bytes)? = try await iterator.next() {
            body.append(contentsOf: bytes.readableBytesView)
          }
          try await answer(request, body: body, on: connection, outbound: outbound)
        }
        // Gives a client that is told to close the time to read what was sent.
        while connection.isClosing, try await iterator.next() != nil {}
      }
    }

    private func answer(
      _ request: HTTPRequest, body: Data, on connection: HTTPServerConnection,
      outbound: NIOAsyncChannelOutboundWriter<HTTPResponsePart>
    ) async throws {
      let target = URLComponents(string: request.path ?? "/")
      let key = target?.queryItems?.first { $0.name == "key" }?.value
      let json = application.answerSideDoor(request.method, path: target?.path ?? "/", key: key)
      let script = json == nil ? try? application.script(request, body: body) : nil
      guard let script else {
        guard await connection.requestStarted() else { return }
        let head = HTTPResponse(
          status: json == nil ? .badRequest : .ok,
          headerFields: [
            .contentType: "application/json", .contentLength: String(json?.count ?? 0),
          ])
        return try await outbound.write(
          contentsOf: [.head(head), .body(ByteBuffer(bytes: json ?? Data())), .end(nil)])
      }
      try await application.buffering.respond(
        to: request, on: connection, outbound: outbound, head: application.head(of: script),
        logger: logger
      ) { [application] response in
        try await application.run(script, on: response)
      }
    }
  }

  /// Closes a connection after its GOAWAY (RFC 9113 §5.4.1), which NIO leaves to the server.
  private final class ConnectionErrorHandler: ChannelInboundHandler {
    typealias InboundIn = Never

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      guard !(error is NIOHTTP2Errors.StreamError) else { return }
      context.close(promise: nil)
    }
  }

  /// The open connections of a server, for shutdown.
  ///
  /// Idle HTTP/1 connections close at once, and others after their current responses. HTTP/2
  /// connections close by themselves.
  private final class OpenConnections: Sendable {
    private struct State {
      var open: [ObjectIdentifier: (channel: any Channel, activeCount: Int)] = [:]
      var isShuttingDown = false
    }

    private let state = Mutex(State())

    func add(_ channel: any Channel) {
      let id = ObjectIdentifier(channel)
      let isShuttingDown = state.withLock { state in
        state.open[id] = (channel, 0)
        return state.isShuttingDown
      }
      channel.closeFuture.whenComplete { [self] _ in
        state.withLock { _ = $0.open.removeValue(forKey: id) }
      }
      if isShuttingDown { channel.close(promise: nil) }
    }

    /// Records that a request, or an HTTP/2 stream, is being served.
    func began(on channel: any Channel) {
      state.withLock { $0.open[ObjectIdentifier(channel)]?.activeCount += 1 }
    }

    func ended(on channel: any Channel) {
      let isDone = state.withLock { state in
        state.open[ObjectIdentifier(channel)]?.activeCount -= 1
        return state.isShuttingDown && state.open[ObjectIdentifier(channel)]?.activeCount == 0
      }
      if isDone { channel.close(promise: nil) }
    }

    /// Closes the idle connections.
    func closeIdle() {
      let idle = state.withLock { $0.open.values.filter { $0.activeCount == 0 } }
      for (channel, _) in idle {
        channel.close(mode: .input, promise: nil)
        channel.close(promise: nil)
      }
    }

    func shutDown(_ version: HTTPProtocolVersion) {
      let open = state.withLock { state in
        state.isShuttingDown = true
        return Array(state.open.values)
      }
      for (channel, activeCount) in open {
        if version == .http2 {
          channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        } else if activeCount == 0 {
          channel.close(promise: nil)
        }
      }
    }
  }
#endif
