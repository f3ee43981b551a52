#if NIO
  import HTTPOutputBuffering
  import HTTPTypes
  import NIOCore
  import NIOPosix

  // What takes more than one turn of the event loop.
  extension ResponseCoder {
    /// How many slices are coded before the event loop serves somebody else, about a millisecond's worth.
    private static var slicesPerTurn: Int { 4 }

    /// Codes a buffer, a long one in slices, each of which is sent before the next.
    func code(_ bytes: ByteBuffer, _ promise: EventLoopPromise<Void>?) {
      var rest = bytes
      for _ in 0..<Self.slicesPerTurn {
        let byteCount = min(rest.readableBytes, ResponseMachine.writeSliceByteCount)
        let slice = rest.readSlice(length: byteCount) ?? ByteBuffer()
        let isLast = rest.readableBytes == 0
        codedCount += 1
        feed(isLast ? promise : nil) { try $0.write(slice.readableBytesUInt8Span) }
        if isLast { return }
        guard case .coding = state else {
          promise?.fail(ChannelError.ioOnClosedChannel)
          return
        }
      }
      guard let context else {
        promise?.fail(ChannelError.ioOnClosedChannel)
        return
      }
      isBusy = true
      context.eventLoop.assumeIsolated().execute { [self] in
        goOn(promise) { [self] in code(rest, promise) }
      }
    }

    /// Does the rest of a write, ahead of what has come meanwhile.
    private func goOn(_ promise: EventLoopPromise<Void>?, _ action: @escaping () -> Void) {
      isBusy = false
      events.prepend(.rest(promise, action))
      resume()
    }

    /// Codes a file, which is read off the event loop.
    func code(_ region: FileRegion, _ promise: EventLoopPromise<Void>?) {
      guard let context else { return breakOff(ChannelError.ioOnClosedChannel, promise) }
      if isDropped(region) { return feed(promise) { _ = try $0.pass(region) } }
      let file: NIOFileHandle
      do {
        // The application may read its own meanwhile, or close it.
        file = try region.fileHandle.duplicate()
      } catch {
        return breakOff(error, promise)
      }
      isBusy = true
      let eventLoop = context.eventLoop
      let byteCount = NIOLoopBoundBox(0, eventLoop: eventLoop)
      let bound = NIOLoopBound(self, eventLoop: eventLoop)
      NonBlockingFileIO(threadPool: .singleton).readChunked(
        fileRegion: FileRegion(
          fileHandle: file, readerIndex: region.readerIndex, endIndex: region.endIndex),
        chunkSize: ResponseMachine.writeSliceByteCount, allocator: context.channel.allocator,
        eventLoop: eventLoop
      ) { chunk in
        byteCount.value += chunk.readableBytes
        return bound.value.take(chunk, eventLoop)
      }
      .assumeIsolated().whenComplete { [self] result in
        try? file.close()
        goOn(promise) { [self] in
          endFile(result, byteCount: byteCount.value, of: region.readableBytes, promise)
        }
      }
    }

    /// Whether a file is part of a response to HEAD, and too long to be described by its bytes.
    private func isDropped(_ region: FileRegion) -> Bool {
      guard original?.request.method == .head, let isOpen = machine?.isOpen,
        let limit = machine?.collectedByteLimit
      else { return false }
      return !isOpen || region.readableBytes > limit
    }

    /// Takes a piece of a file; the next is read when the transport has taken what came of it.
    private func take(_ chunk: ByteBuffer, _ eventLoop: any EventLoop) -> EventLoopFuture<Void> {
      let closed = ChannelError.ioOnClosedChannel
      guard case .coding = state else { return eventLoop.makeFailedFuture(closed) }
      let seen = outputCount
      codedCount += 1
      performing {
        feed(nil) { try $0.write(chunk.readableBytesUInt8Span) }
        if outputCount > seen { context?.flush() }
      }
      guard case .coding = state else { return eventLoop.makeFailedFuture(closed) }
      guard outputCount > seen, let lastWritten else { return eventLoop.makeSucceededVoidFuture() }
      return lastWritten
    }

    private func endFile(
      _ result: Result<Void, any Error>, byteCount: Int, of declared: Int,
      _ promise: EventLoopPromise<Void>?
    ) {
      switch result {
      case .success where byteCount < declared:
        let message = "a file has \(byteCount) bytes where its region has \(declared)"
        breakOff(ResponseError(code: .declaredLengthNotReached, message: message), promise)
      case .success:
        feed(promise) { _ in }
      case .failure(let error):
        breakOff(error, promise)
      }
    }
  }
#endif
