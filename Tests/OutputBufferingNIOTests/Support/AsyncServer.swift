#if NIO
  import HTTPTypes
  import NIOCore
  import NIOHTTP1
  import NIOHTTPTypes
  import NIOHTTPTypesHTTP1
  import NIOPosix
  import OutputBufferingNIO
  import Synchronization

  /// Serves HTTP/1.1 with asynchronous channels and watches each connection.
  func withAsyncServer(
    below handlers: @escaping @Sendable () -> [any ChannelHandler] = { [] },
    above upperHandlers: @escaping @Sendable () -> [any ChannelHandler] = { [] },
    sendsFileRegions: Bool = false,
    answering answer:
      @escaping @Sendable (
        HTTPRequest, HTTPServerConnection, NIOAsyncChannelOutboundWriter<HTTPResponsePart>
      ) async throws -> Void,
    _ operation: @escaping @Sendable (Int) async throws -> Void
  ) async throws {
    typealias Messages = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>
    let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .bind(host: "127.0.0.1", port: 0) { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          try pipeline.addHandlers(handlers())
          try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: false, withErrorHandling: false)
          try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
          let connection = try HTTPServerConnection.watchHTTP1(
            channel, sendsFileRegions: sendsFileRegions)
          try pipeline.addHandlers(upperHandlers())
          let messages = try Messages(
            wrappingChannelSynchronously: channel,
            configuration: .init(isOutboundHalfClosureEnabled: true))
          return (messages, connection)
        }
      }
    let port = server.channel.localAddress?.port ?? 0
    try await withThrowingTaskGroup { group in
      group.addTask {
        try await server.executeThenClose { inbound in
          try await withThrowingDiscardingTaskGroup { connections in
            for try await (messages, connection) in inbound {
              connections.addTask {
                try? await messages.executeThenClose { inbound, outbound in
                  for try await case .head(let request) in inbound where !connection.isClosing {
                    try await answer(request, connection, outbound)
                  }
                }
              }
            }
          }
        }
      }
      try await operation(port)
      group.cancelAll()
      _ = await group.nextResult()
    }
  }

  /// Holds writes to a connection until it is opened.
  final class Gate: Sendable {
    private let reached = AsyncStream.makeStream(of: Void.self)
    private let opening = Mutex<(@Sendable () -> Void)?>(nil)

    func makeHandler() -> [any ChannelHandler] { [GateHandler(gate: self)] }

    /// Waits until a write is held.
    func isReached() async {
      for await _ in reached.stream { break }
    }

    func open() {
      opening.withLock { $0.take() }?()
    }

    fileprivate func reach(_ handler: GateHandler, _ eventLoop: any EventLoop) {
      let bound = NIOLoopBound(handler, eventLoop: eventLoop)
      opening.withLock { $0 = { eventLoop.execute { bound.value.open() } } }
      reached.continuation.yield()
    }
  }

  private final class GateHandler: ChannelOutboundHandler {
    typealias OutboundIn = IOData

    private let gate: Gate
    private var context: ChannelHandlerContext?
    private var isOpen = false

    init(gate: Gate) {
      self.gate = gate
    }

    func flush(context: ChannelHandlerContext) {
      guard !isOpen else { return context.flush() }
      self.context = context
      gate.reach(self, context.eventLoop)
    }

    func open() {
      isOpen = true
      context?.flush()
      context = nil
    }
  }
#endif
