#if NIO
  import HTTPOutputBuffering
  import NIOCore
  import NIOPosix

  extension ResponseCoder {
    /// Reads a file into the machine, off the event loop; what is written meanwhile waits.
    func readFile(
      _ region: FileRegion, _ promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext
    ) {
      isReadingFile = true
      let io = NonBlockingFileIO(threadPool: .singleton)
      let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
      io.readChunked(
        fileRegion: region, chunkSize: 64 * 1024, allocator: context.channel.allocator,
        eventLoop: context.eventLoop
      ) { chunk in
        let (coder, context) = bound.value
        return coder.take(chunk, context)
      }
      .whenComplete { result in
        let (coder, context) = bound.value
        coder.isReadingFile = false
        switch result {
        case .success:
          if case .coding = coder.mode {
            coder.feed(promise, context) { _ in }
          } else {
            coder.fail(promise)
          }
        case .failure(let error):
          promise?.fail(error)
          if case .coding = coder.mode { coder.breakOff(error, context) }
        }
        coder.resume(context)
      }
    }

    /// Takes a piece of a file; the next is read when the transport has taken what came of it.
    private func take(
      _ chunk: ByteBuffer, _ context: ChannelHandlerContext
    ) -> EventLoopFuture<Void> {
      guard case .coding = mode else {
        return context.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
      }
      let written = context.eventLoop.makePromise(of: Void.self)
      do {
        try machine?.write(chunk.readableBytesUInt8Span)
      } catch {
        written.fail(error)
        return written.futureResult
      }
      guard machine?.isOutputDue == true else {
        written.succeed()
        return written.futureResult
      }
      promises.append(written)
      emit(context)
      context.flush()
      return written.futureResult
    }

    /// Does what came while the file was read.
    private func resume(_ context: ChannelHandlerContext) {
      while !isReadingFile, let event = deferred.popFirst() {
        switch event {
        case .write(let part, let promise): write(part, promise, context)
        case .flush: flush(context)
        }
      }
    }
  }
#endif
