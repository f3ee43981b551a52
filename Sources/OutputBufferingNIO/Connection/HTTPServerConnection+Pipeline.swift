#if NIO
  public import NIOCore
  import NIOHTTPTypesHTTP1

  extension HTTPServerConnection {
    /// Watches an HTTP/1 connection.
    ///
    /// Call it on the channel's event loop, in the initializer of a channel whose pipeline has an
    /// `HTTP1ToHTTPServerCodec` and no handler yet that answers requests.
    ///
    /// - Parameters:
    ///   - channel: The connection's channel. Set its option `allowRemoteHalfClosure`: without it
    ///     NIO treats a client that has only closed its sending side as gone.
    ///   - sendsFileRegions: Whether `BufferedResponse.write(_:)` may send a `FileRegion` as is, by
    ///     `sendfile`. Set it only if no handler below the HTTP encoder needs the bytes; TLS does.
    /// - Returns: The connection, for the task that serves it.
    /// - Throws: NIO's error if the pipeline has no such codec, or no NIO encoder below it.
    public static func watchHTTP1(
      _ channel: any Channel, sendsFileRegions: Bool = false
    ) throws -> HTTPServerConnection {
      try watchHTTP1(channel, sendsFileRegions: sendsFileRegions, serverShutdown: nil)
    }

    /// Watches an HTTP/1 connection of a server whose shutdown the adapter observes.
    package static func watchHTTP1(
      _ channel: any Channel, sendsFileRegions: Bool = false, serverShutdown: ServerShutdown?
    ) throws -> HTTPServerConnection {
      let pipeline = channel.pipeline.syncOperations
      let codec = try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)
      guard let contentGuard = HTTP1ContentGuard.find(in: pipeline) else {
        throw ChannelPipelineError.notFound
      }
      let connection = HTTPServerConnection(
        channel: channel, sendsFileRegions: sendsFileRegions, serverShutdown: serverShutdown)
      try pipeline.addHandler(
        HTTP1ConnectionHandler(connection: connection, contentGuard: contentGuard),
        position: .before(codec))
      return connection
    }

    /// Watches an HTTP/2 stream.
    ///
    /// Call it on the channel's event loop, after adding the codec that translates the stream's
    /// frames to HTTP types.
    ///
    /// - Parameter channel: The stream's channel.
    /// - Returns: The stream, for the task that serves it.
    /// - Throws: NIO's error if the channel is closed.
    public static func watchHTTP2Stream(_ channel: any Channel) throws -> HTTPServerConnection {
      let handler = HTTPWatchHandler()
      try channel.pipeline.syncOperations.addHandler(handler)
      guard let connection = handler.connection else { throw ChannelError.alreadyClosed }
      return connection
    }

    /// Returns the connection that a handler of the pipeline watches; nil if none does.
    static func find(in pipeline: ChannelPipeline.SynchronousOperations) -> HTTPServerConnection? {
      if let handler = try? pipeline.handler(type: HTTP1ConnectionHandler.self) {
        return handler.connection
      }
      return (try? pipeline.handler(type: HTTPWatchHandler.self))?.connection
    }

    /// Returns the connection that a channel's ``HTTPWatchHandler`` watches.
    package static func watched(by channel: any Channel) async throws -> HTTPServerConnection? {
      try await channel.eventLoop.submit {
        try? channel.pipeline.syncOperations.handler(type: HTTPWatchHandler.self).connection
      }.get()
    }
  }
#endif
