#if Hummingbird
  import HTTPOutputBuffering
  import NIOCore

  // The way of the bytes into the machine.
  extension CodedBody {
    /// What is to be fed before the next part is taken.
    struct Feed {
      /// What was collected and has not been taken.
      var parts: ArraySlice<BodyPart> = []
      /// The machine holds bytes, or a head, that must not wait for ever.
      var isFlushDue: Bool
      /// When they have waited long enough; a client that reads slowly isn't counted.
      var flushDeadline: ContinuousClock.Instant?
      var rest = ByteBuffer()
      /// A buffer with all that was promised; the end, or trailers, may be next.
      var whole: ByteBuffer?
    }

    /// Takes parts until the machine has something to send.
    func step(_ feed: inout Feed) async throws -> ResponseOutput {
      feed.flushDeadline = nil
      while true {
        if let output = try advance(&feed) { return output }
        if let deadline = feed.flushDeadline, deadline <= .now {
          try flush(&feed)
          continue
        }
        if let part = feed.parts.popFirst() {
          try take(part, &feed)
          continue
        }
        switch await handoff.take(within: timeToFlush(&feed)) {
        case .value(let part): try take(part, &feed)
        case .timedOut: try flush(&feed)
        case .closed: throw CancellationError()
        }
      }
    }

    private func timeToFlush(_ feed: inout Feed) -> Duration? {
      guard feed.isFlushDue else { return nil }
      let now = ContinuousClock.now
      let deadline = feed.flushDeadline ?? now + latencyBound
      feed.flushDeadline = deadline
      return max(.zero, deadline - now)
    }

    private func flush(_ feed: inout Feed) throws {
      let whole = feed.whole.take()
      try withMachine { machine in
        // All that was promised is there, and what still comes is late.
        if let whole { return try machine.finish(with: whole.readableBytesUInt8Span) }
        try machine.flush()
      }
      feed.isFlushDue = false
      feed.flushDeadline = nil
    }

    /// Feeds slices until the machine has something to send.
    private func advance(_ feed: inout Feed) throws -> ResponseOutput? {
      try withMachine { machine in
        while !machine.isOutputDue, feed.rest.readableBytes > 0 {
          let count = min(feed.rest.readableBytes, ResponseMachine.writeSliceByteCount)
          guard let slice = feed.rest.readSlice(length: count) else { break }
          try machine.write(slice.readableBytesUInt8Span)
        }
        guard machine.isOutputDue else { return nil }
        return machine.takeOutput()
      }
    }

    private func take(_ part: BodyPart, _ feed: inout Feed) throws {
      try withMachine { machine in
        switch part {
        case .buffer(let buffer)
        where machine.isOpen && feed.whole == nil && buffer.readableBytes == byteCount
          && buffer.readableBytes <= machine.settings.wholeByteLimit:
          feed.whole = buffer
          feed.isFlushDue = true
        case .buffer(var buffer):
          if var whole = feed.whole.take() {
            whole.writeBuffer(&buffer)
            buffer = whole
          }
          feed.rest = buffer
          feed.isFlushDue = true
        case .end(let trailers):
          guard let whole = feed.whole.take() else { return try machine.finish(trailers: trailers) }
          try machine.finish(with: whole.readableBytesUInt8Span, trailers: trailers)
        case .failed(let error):
          machine.abort()
          throw error
        case .returned:
          machine.abort()
          throw UnfinishedBody()
        }
      }
    }
  }
#endif
