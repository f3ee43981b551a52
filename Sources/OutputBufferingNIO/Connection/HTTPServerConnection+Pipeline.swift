#if NIO
  public import NIOCore
  import NIOHTTPTypesHTTP1

  extension HTTPServerConnection {
    /// Watches an HTTP/1 connection.
    ///
    /// To be called on the channel's event loop, in the initialiser of a channel whose pipeline has an
    /// `HTTP1ToHTTPServerCodec` and no handler that answers requests yet.
    ///
    /// - Parameters:
    ///   - channel: The connection's channel, with the option `allowRemoteHalfClosure`: without it NIO takes
    ///     a client that has closed its sending side alone for one that is gone.
    ///   - sendsFileRegions: Whether `BufferedResponse.write(_:)` may send a `FileRegion` as it is, by
    ///     `sendfile`. Only where nothing below the HTTP encoder has to see the bytes: not with TLS.
    /// - Returns: The connection, for the task that serves it.
    /// - Throws: NIO's error when the pipeline has no such codec, or no encoder of NIO's below it.
    public static func watchHTTP1(
      _ channel: any Channel, sendsFileRegions: Bool = false
    ) throws -> HTTPServerConnection {
      try watchHTTP1(channel, sendsFileRegions: sendsFileRegions, serverShutdown: nil)
    }

    /// Watches an HTTP/1 connection of a server whose shutdown the adapter sees.
    package static func watchHTTP1(
      _ channel: any Channel, sendsFileRegions: Bool = false, serverShutdown: ServerShutdown?
    ) throws -> HTTPServerConnection {
      let pipeline = channel.pipeline.syncOperations
      let codec = try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)
      guard let contentGuard = HTTP1ContentGuard.find(in: pipeline) else {
        throw ChannelPipelineError.notFound
      }
      HTTP1BreakHandler.add(to: pipeline)
      let connection = HTTPServerConnection(
        channel: channel, sendsFileRegions: sendsFileRegions, serverShutdown: serverShutdown)
      try pipeline.addHandler(
        HTTP1ConnectionHandler(connection: connection, contentGuard: contentGuard),
        position: .before(codec))
      return connection
    }

    /// Watches a stream of HTTP/2.
    ///
    /// To be called on the channel's event loop, behind the codec that makes HTTP types of the stream's
    /// frames.
    ///
    /// - Parameter channel: The stream's channel.
    /// - Returns: The stream, for the task that serves it.
    /// - Throws: NIO's error when the channel is closed.
    public static func watchHTTP2Stream(_ channel: any Channel) throws -> HTTPServerConnection {
      let handler = HTTPWatchHandler()
      try channel.pipeline.syncOperations.addHandler(handler)
      guard let connection = handler.connection else { throw ChannelError.alreadyClosed }
      return connection
    }

    /// What a channel's ``HTTPWatchHandler`` watches.
    package static func watched(by channel: any Channel) async throws -> HTTPServerConnection? {
      try await channel.eventLoop.submit {
        try? channel.pipeline.syncOperations.handler(type: HTTPWatchHandler.self).connection
      }.get()
    }
  }
#endif
