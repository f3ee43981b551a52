#if Hummingbird
  import HTTPOutputBuffering
  public import HummingbirdCore
  import Logging
  import NIOCore
  import OutputBufferingNIO

  extension HTTPServerBuilder {
    /// An HTTP/1 server whose responses can end before their handlers.
    ///
    /// It is Hummingbird's own with one channel handler more, which sees that a client leaves without
    /// waiting for the next write, closes connections at the last byte, answers `Expect: 100-continue`
    /// at the first read of a request's body, and frames responses to HEAD and to HTTP/1.0. Without it a
    /// `BufferedResponse` works, but a client that leaves is noticed by a write alone, `finish(.close)`
    /// doesn't close, and a response to HEAD of unknown length says 0.
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
    /// - Returns: A builder to be given to an application, or to Hummingbird's `.tls`.
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
                // What came in behind a response that closes the connection isn't processed.
                // To return or throw at once would discard what is left of that response.
                await connection.closed()
                throw ChannelError.alreadyClosed
              }
              var request = request
              let gate = request.guardBody(of: connection)
              try await responder(request, writer, channel)
              // Hummingbird reads on, for the next request.
              await gate?.closed()
            },
            configuration: configuration))
      }
    }
  }

  /// Hummingbird's HTTP/1 channel with a ``HTTPServerConnection`` beside it.
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
