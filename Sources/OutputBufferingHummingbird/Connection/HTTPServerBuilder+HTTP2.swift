#if HummingbirdHTTP2
  import HTTPOutputBuffering
  public import HummingbirdCore
  public import HummingbirdHTTP2
  import NIOCore
  public import NIOSSL
  import OutputBufferingNIO

  extension HTTPServerBuilder {
    /// A server over TLS that prefers HTTP/2, and whose responses can end before their handlers do.
    ///
    /// It does for Hummingbird's `http2Upgrade` what ``bufferedHTTP1(configuration:)`` does for
    /// `http1`. In HTTP/2, a response ends with its stream, and blocks no other stream unless the
    /// after-response service is full. Resetting a stream disconnects only that stream's client,
    /// and `finish(.close)` ends the stream and leaves the connection open.
    ///
    /// - Parameters:
    ///   - tlsConfiguration: The server's certificate and key; this function sets the protocols.
    ///   - configuration: The configuration of Hummingbird's HTTP/2 channel.
    /// - Returns: A builder for an application.
    /// - Throws: NIOSSL's error for an invalid configuration.
    public static func bufferedHTTP2Upgrade(
      tlsConfiguration: TLSConfiguration,
      configuration: HTTP2ChannelConfiguration = .init()
    ) throws -> HTTPServerBuilder {
      let handlers = configuration.streamConfiguration.additionalChannelHandlers
      return HTTPServerBuilder { [configuration] responder in
        let shutdown = ShutdownWatch()
        var watched = configuration
        watched.streamConfiguration.additionalChannelHandlers = {
          [HTTPWatchHandler(serverShutdown: shutdown.server)] + handlers()
        }
        return BufferedHTTP2Channel(
          base: try HTTP2UpgradeChannel(
            tlsConfiguration: tlsConfiguration, configuration: watched
          ) { request, writer, channel in
            let connection = try await HTTPServerConnection.watched(by: channel)
            if let connection, await !connection.requestStarted() {
              await connection.closed()
              throw ChannelError.alreadyClosed
            }
            guard let connection else { return try await responder(request, writer, channel) }
            var request = request
            let gate = request.guardBody(of: connection)
            let guarded = request
            connection.servingTask.begin()
            defer { connection.servingTask.end() }
            // The writer is used once; a closure that might run repeatedly can't consume it.
            var writer = Optional(writer)
            try await HTTPServerConnection.$current.withValue(connection) {
              guard let writer = writer.take() else { return }
              try await responder(guarded, writer, channel)
            }
            // Hummingbird reads the rest of the stream.
            await gate?.closed()
          },
          shutdown: shutdown)
      }
    }
  }
#endif
