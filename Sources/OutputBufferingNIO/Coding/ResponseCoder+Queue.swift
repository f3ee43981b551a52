#if NIO
  import DequeModule
  import HTTPOutputBuffering
  import NIOCore

  // Content that waits to be coded counts toward the channel's writability, for applications that
  // respect it.
  //
  // The channel counts only what it is given. If the queue grows too long, the coder makes the
  // channel unwritable: it writes one small slice of coded content, leaves it unflushed, and lowers
  // the channel's mark. This has no effect if the channel isn't a socket or if a handler below
  // retains the bytes. In that case each write pays for itself: the coder codes as much as the
  // write adds, until the channel is full.
  extension ResponseCoder {
    /// The number of bytes that may wait without affecting writability.
    private var queueByteLimit: Int { settings.wholeByteLimit }

    /// The number of bytes that wait to be coded.
    var queuedByteCount: Int { works.reduce(eventByteCount) { $0 + $1.byteCount } }

    /// The size of the slice that makes a channel unwritable, in bytes.
    private static var smallSlice: Int { 4 * 1024 }

    /// Makes the channel unwritable if too much is waiting.
    ///
    /// - Parameter byteCount: How much was added; the same amount is coded at once if nothing else
    ///   helps.
    func showQueue(paying byteCount: Int) {
      guard queuedByteCount > queueByteLimit, !isReplaying, let channel = context?.channel else {
        return
      }
      lowerMark(of: channel)
      var owed = byteCount
      performing {
        if mark != nil, channel.isWritable {
          // Write the output that is already coded.
          if response?.machine.isOpen == false { emit() }
          if channel.isWritable {
            owed -= codeNow(Self.smallSlice) ?? 0
            if case .coding = state, response?.machine.isOpen == false {
              feed(nil) { try $0.flush() }
              emit()
            }
          }
          // The channel isn't a socket, or a handler below retains the bytes.
          if channel.isWritable { restoreMark() }
        }
        while owed > 0, channel.isWritable {
          guard let count = codeNow(ResponseMachine.writeSliceByteCount) else { break }
          owed -= count
          flushOutput()
        }
      }
      // Unflushed output would never be taken.
      if pause == .transport, hasUnflushedOutput { goOn() }
    }

    /// Codes a part of the queue ahead of its turn.
    ///
    /// - Returns: The number of bytes that count as coded: those of a slice, 0 if the part has none
    ///   left or the machine holds them, and `limit` for a step of the end, which may code fewer; nil
    ///   if nothing can be coded now.
    private func codeNow(_ limit: Int) -> Int? {
      while works.isEmpty, pause == .turn || pause == .none, let event = takeEvent() {
        let outer = pause
        pause = .none
        perform(event)
        if pause == .none { pause = outer }
      }
      guard case .coding = state, let next = works.first else { return nil }
      // Held content stays in memory.
      let isHeld = response?.machine.isOpen == true
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
          // The part being read has already been coded.
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

    /// Lowers the mark so that any pending byte fills the channel.
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

    /// Restores the channel's own mark once little is waiting.
    func hideQueueIfShort() {
      guard mark != nil, !isBusy || queuedByteCount <= queueByteLimit / 2 else { return }
      hideQueue()
      // The writability changes once bytes are taken.
      flushOutput()
    }

    func hideQueue() {
      guard let usual = mark.take() else { return }
      try? context?.channel.syncOptions?.setOption(.writeBufferWaterMark, value: usual)
    }
  }
#endif
