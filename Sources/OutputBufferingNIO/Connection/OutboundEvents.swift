#if NIO
  package import HTTPTypes
  import NIOCore

  extension HTTPServerConnection {
    /// Sends an interim response ahead of the final one.
    package func sendInformational(_ response: HTTPResponse) async throws {
      try await channel.triggerUserOutboundEvent(InterimResponse(head: response)).get()
    }

    /// Sends a file behind what has been written, around the codec of HTTP types, which has no part for it.
    ///
    /// Returns when the transport has taken it. A handler that is told sooner that the response has broken
    /// off may close its handle: the file that is sent is one of our own.
    func send(_ region: FileRegion) async throws {
      let file = try region.fileHandle.duplicate()
      let content = FileRegion(
        fileHandle: file, readerIndex: region.readerIndex, endIndex: region.endIndex)
      let sent = channel.eventLoop.makePromise(of: Void.self)
      sent.futureResult.whenComplete { _ in try? file.close() }
      channel.triggerUserOutboundEvent(FileContent(region: content), promise: sent)
      try await sent.futureResult.get()
    }
  }

  /// A request for 100 (Continue) on its way down the pipeline.
  struct ContinueResponse: Sendable {}

  /// Content from a file on its way down the pipeline.
  struct FileContent: Sendable {
    var region: FileRegion
  }

  /// An interim response on its way down the pipeline.
  struct InterimResponse: Sendable {
    var head: HTTPResponse
  }
#endif
