#if Hummingbird
  import HTTPOutputBuffering
  public import HummingbirdCore
  import Logging
  import NIOCore
  import OutputBufferingNIO

  extension HTTPServerBuilder {
    /// An HTTP/1 server whose responses can end before their handlers do.
    ///
    /// It is Hummingbird's own server with an additional channel handler, which notices a client's
    /// disconnect without waiting for the next write, closes connections after the last byte,
    /// answers `Expect: 100-continue` at the first read of a request's body, and frames responses
    /// to HEAD and to HTTP/1.0. Without it, a `BufferedResponse` works, but only a write notices
    /// that a client has left, `finish(.close)` doesn't close, and a response to HEAD of unknown
    /// length has `Content-Length: 0`.
    ///
    /// ```swift
    /// let app = Application(
    ///   router: router,
    ///   server: .bufferedHTTP1(),
    ///   configuration: .init(address: .hostname("127.0.0.1", port: port)),
    ///   services: [buffering.service]
    /// )
    /// try await app.runService()
    /// ```
    ///
    /// - Parameter configuration: The configuration of Hummingbird's HTTP/1 channel.
    /// - Returns: A builder for an application or for Hummingbird's `.tls`.
    public static func bufferedHTTP1(
      configuration: HTTP1Channel.Configuration = .init()
    ) -> HTTPServerBuilder {
      HTTPServerBuilder { responder in
        BufferedHTTP1Channel(
          base: HTTP1Channel(
            responder: { request, writer, channel in
              guard let connection = HTTPServerConnection.current else {
                return try await responder(request, writer, channel)
              }
              let isStartedAtOnce = connection.requestStartedAtOnce()
              let isStarted =
                if let isStartedAtOnce { isStartedAtOnce } else {
                  await connection.requestStarted()
                }
              guard isStarted else {
                // Requests after a response that closes the connection aren't processed. Returning
                // or throwing at once would discard the rest of that response.
                await connection.closed()
                throw ChannelError.alreadyClosed
              }
              var request = request
              let gate = request.guardBody(of: connection)
              try await responder(request, writer, channel)
              // Hummingbird continues to read, for the next request.
              await gate?.closed()
            },
            configuration: configuration))
      }
    }
  }

  /// Hummingbird's HTTP/1 channel with an ``HTTPServerConnection``.
  struct BufferedHTTP1Channel: ServerChildChannel {
    struct Value: ServerChildChannelValue {
      let base: HTTP1Channel.Value
      let connection: HTTPServerConnection

      var channel: any Channel { base.channel }
    }

    let base: HTTP1Channel
    private let shutdown = ShutdownWatch()

    init(base: HTTP1Channel) {
      self.base = base
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
      base.setup(channel: channel, logger: logger).flatMapThrowing { base in
        let connection = try HTTPServerConnection.watchHTTP1(
          channel, serverShutdown: shutdown.server)
        return Value(base: base, connection: connection)
      }
    }

    func handle(value: Value, logger: Logger) async {
      shutdown.start()
      await HTTPServerConnection.$current.withValue(value.connection) {
        value.connection.servingTask.begin()
        defer { value.connection.servingTask.end() }
        await base.handle(value: value.base, logger: logger)
      }
    }
  }
#endif
