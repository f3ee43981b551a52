#if NIO
  package import HTTPTypes
  import NIOCore

  extension HTTPServerConnection {
    /// Sends an interim response before the final one.
    package func sendInformational(_ response: HTTPResponse) async throws {
      try await channel.triggerUserOutboundEvent(InterimResponse(head: response)).get()
    }

    /// Sends a file after all earlier writes, bypassing the HTTP types codec, which has no such
    /// part.
    ///
    /// Returns once the transport has taken the file. The handle sent is a duplicate, since a
    /// handler that learns earlier that the response is broken off may close its own.
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

  /// A 100 (Continue) response on its way down the pipeline.
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
