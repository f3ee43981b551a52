#if NIO
  import HTTPOutputBuffering
  import NIOCore

  // What waits to be coded is a debt of the channel's: an application that minds writability has to see it.
  //
  // The channel itself counts only what it is given. A longer queue makes it unwritable by one small slice of
  // coded content, which is kept unflushed, under a lowered mark. Where that has no effect, because the
  // channel isn't a socket or a handler below keeps the bytes, a write pays for itself: as much is coded as it
  // adds, until the channel is full.
  extension ResponseCoder {
    /// How many bytes may wait without being seen.
    private var queueByteLimit: Int { settings.wholeByteLimit }

    /// How many bytes wait to be coded.
    var queuedByteCount: Int { works.reduce(eventByteCount) { $0 + $1.byteCount } }

    /// The slice that makes a channel unwritable, in bytes.
    private static var smallSlice: Int { 4 * 1024 }

    /// Makes the channel unwritable where more waits than may.
    ///
    /// - Parameter byteCount: What has come in, which is coded at once where nothing else helps.
    func showQueue(paying byteCount: Int) {
      guard queuedByteCount > queueByteLimit, !isReplaying, let channel = context?.channel else {
        return
      }
      lowerMark(of: channel)
      var owed = byteCount
      performing {
        if mark != nil, channel.isWritable {
          // What is coded already.
          if machine?.isOpen == false { emit() }
          if channel.isWritable {
            owed -= codeNow(Self.smallSlice) ?? 0
            if case .coding = state, machine?.isOpen == false {
              feed(nil) { try $0.flush() }
              emit()
            }
          }
          // It won't help the next time either.
          if channel.isWritable { restoreMark() }
        }
        while owed > 0, channel.isWritable {
          guard let count = codeNow(ResponseMachine.writeSliceByteCount) else { break }
          owed -= count
          flushOutput()
        }
      }
      // What isn't flushed would be waited for in vain.
      if pause == .transport, outputCount != flushedCount { goOn() }
    }

    /// Codes something of the queue although its time hasn't come.
    ///
    /// - Returns: How many bytes; 0 of a part that has none left or is held, nil where nothing can be coded now.
    private func codeNow(_ limit: Int) -> Int? {
      while works.isEmpty, pause == .turn || pause == .none, let event = takeEvent() {
        let outer = pause
        pause = .none
        perform(event)
        if pause == .none { pause = outer }
      }
      guard case .coding = state, let next = works.first else { return nil }
      // What is held is still in memory.
      let isHeld = machine?.isOpen == true
      do {
        switch next {
        case .bytes(var bytes, let promise):
          works.removeFirst()
          let slice = bytes.readSlice(length: min(limit, bytes.readableBytes)) ?? ByteBuffer()
          let isLast = bytes.readableBytes == 0
          if !isLast { works.prepend(.bytes(bytes, promise)) }
          codedCount += 1
          feed(isLast ? promise : nil) { try $0.write(slice.readableBytesUInt8Span) }
          return isHeld ? 0 : slice.readableBytes
        case .file(let file, let promise) where file.readableBytes == 0:
          works.removeFirst()
          // What is still being read of it has been coded.
          if pause == .file { goOn() }
          feed(promise) { _ in }
          return 0
        case .file(let file, _):
          let bytes = try file.readNow(upTo: limit)
          codedCount += 1
          feed(nil) { try $0.write(bytes.readableBytesUInt8Span) }
          return isHeld ? 0 : bytes.readableBytes
        case .end(let trailers, let promise):
          works.removeFirst()
          codeEndSlice(trailers, promise, upTo: limit)
          return limit
        }
      } catch {
        breakOff(error)
        return nil
      }
    }

    /// Has the least that is pending count as a full channel.
    private func lowerMark(of channel: any Channel) {
      guard mark == nil, !isMarkUseless, channel is any SocketOptionProvider,
        let options = channel.syncOptions,
        let usual = try? options.getOption(.writeBufferWaterMark),
        (try? options.setOption(.writeBufferWaterMark, value: .init(low: 1, high: 1))) != nil
      else { return }
      mark = usual
    }

    private func restoreMark() {
      isMarkUseless = true
      hideQueue()
    }

    /// Makes the channel writable by its own measure again, where little waits.
    func hideQueueIfShort() {
      guard mark != nil, !isBusy || queuedByteCount <= queueByteLimit / 2 else { return }
      hideQueue()
      // Its writability changes when bytes are taken.
      flushOutput()
    }

    func hideQueue() {
      guard let usual = mark.take() else { return }
      try? context?.channel.syncOptions?.setOption(.writeBufferWaterMark, value: usual)
    }
  }
#endif
