#if NIO
  import DequeModule
  import HTTPOutputBuffering
  import HTTPTypes
  import NIOCore

  // Work that may span several turns of the event loop: one part at a time, in slices.
  extension ResponseCoder {
    /// A part of the current response that isn't fully coded.
    enum Work {
      case bytes(ByteBuffer, EventLoopPromise<Void>?)
      case file(CodedFile, EventLoopPromise<Void>?)
      case end(HTTPFields?, EventLoopPromise<Void>?)

      var promise: EventLoopPromise<Void>? {
        switch self {
        case .bytes(_, let promise), .file(_, let promise), .end(_, let promise): promise
        }
      }

      /// The number of bytes left to be coded; an end adds none of its own.
      var byteCount: Int {
        switch self {
        case .bytes(let bytes, _): bytes.readableBytes
        case .file(let file, _): file.readableBytes
        case .end: 0
        }
      }
    }

    /// What the next piece of work waits for.
    enum Pause {
      case none
      /// The next turn of the event loop.
      case turn
      /// The transport, until it has taken the previous output.
      case transport
      /// A read of the next part of a file.
      case file
    }

    /// How much of a file is read at a time, in bytes.
    private static var fileChunkByteCount: Int { 64 * 1024 }

    func code(_ bytes: ByteBuffer, _ promise: EventLoopPromise<Void>?) {
      if keeps(bytes) {
        if let promise { promises.append(promise) }
        response?.whole = bytes
        return
      }
      giveWhole()
      if case .closing = state { return promise?.fail(ChannelError.ioOnClosedChannel) ?? () }
      guard makeRoom(for: bytes.readableBytes, of: bytes, promise) else { return }
      guard works.isEmpty && !budget.isSpent else {
        works.append(.bytes(bytes, promise))
        return work()
      }
      codeSlice(of: bytes, promise)
      work()
    }

    /// Whether a buffer may be the whole body, so that it doesn't have to be copied.
    private func keeps(_ bytes: ByteBuffer) -> Bool {
      guard let response, response.whole == nil, works.isEmpty, bytes.readableBytes > 0 else {
        return false
      }
      return response.machine.canKeep(bytes.readableBytes)
    }

    /// Gives the machine the kept buffer, which isn't the whole body after all.
    func giveWhole() {
      guard let bytes = response?.whole.take() else { return }
      feed(nil) { try $0.write(bytes.readableBytesUInt8Span) }
    }

    /// Codes a file, reading it off the event loop.
    func code(_ region: FileRegion, _ promise: EventLoopPromise<Void>?) {
      giveWhole()
      if isDropped(region) { return feed(promise) { _ = try $0.pass(RegionFile(region: region)) } }
      guard makeRoom(for: region.readableBytes, promise) else { return }
      do {
        works.append(.file(try CodedFile(region), promise))
      } catch {
        return breakOff(error, promise)
      }
      work()
    }

    /// Whether a file belongs to a response to HEAD and is too long to be coded for its length.
    private func isDropped(_ region: FileRegion) -> Bool {
      guard response?.machine.examined.answersHEAD == true else { return false }
      guard response?.machine.isOpen == true else { return true }
      return response?.machine.isCommitted(byPassing: region.readableBytes) == true
    }

    func codeEnd(_ trailers: HTTPFields?, _ promise: EventLoopPromise<Void>?) {
      if works.isEmpty && !budget.isSpent {
        // A single call codes nearly every page.
        codeEndSlice(trailers, promise, upTo: budget.sliceByteCount)
      } else {
        works.append(.end(trailers, promise))
      }
      if !works.isEmpty { work() }
    }

    /// Commits a response that can't hold more of its body, or that has a long event.
    ///
    /// - Returns: Whether the response continues.
    private func makeRoom(
      for byteCount: Int, of content: ByteBuffer = ByteBuffer(), _ promise: EventLoopPromise<Void>?
    ) -> Bool {
      guard response?.machine.isOpen == true else { return true }
      let isLongEvent =
        byteCount > ResponseMachine.longBodyByteCount && response?.machine.isEventStream == true
      guard isLongEvent || response?.machine.takes(byteCount) == false else { return true }
      return commitReleasing(adding: byteCount, of: content, promise)
    }

    /// Commits a response before its body is complete, and codes the held part in slices.
    ///
    /// - Parameters:
    ///   - byteCount: The length of the next content.
    ///   - content: That content, unless it is a file.
    ///   - promise: The promise of that content.
    /// - Returns: Whether the response continues.
    func commitReleasing(
      adding byteCount: Int, of content: ByteBuffer = ByteBuffer(),
      _ promise: EventLoopPromise<Void>? = nil
    ) -> Bool {
      do {
        guard
          let held = try response?.machine.commitReleasing(
            adding: byteCount, content: content.readableBytesUInt8Span)
        else { return false }
        if !held.isEmpty { works.append(.bytes(ByteBuffer(bytes: held), nil)) }
      } catch {
        breakOff(error, promise)
        return false
      }
      if response?.machine.isOutputDue == true { emit() }
      return true
    }

    /// Performs the remaining work within the turn's budget.
    func work() {
      while pause == .none, let next = works.first {
        if budget.isSpent { return endTurn() }
        works.removeFirst()
        switch next {
        case .bytes(let bytes, let promise): codeSlice(of: bytes, promise)
        case .end(let trailers, let promise):
          codeEndSlice(trailers, promise, upTo: budget.sliceByteCount)
        case .file(let file, let promise): read(file, promise)
        }
      }
    }

    private func codeSlice(of bytes: ByteBuffer, _ promise: EventLoopPromise<Void>?) {
      if response?.machine.isOpen == true {
        // Holding it takes no time.
        codedCount += 1
        return feed(promise) { try $0.write(bytes.readableBytesUInt8Span) }
      }
      var rest = bytes
      let byteCount = min(rest.readableBytes, budget.sliceByteCount)
      let slice = rest.readSlice(length: byteCount) ?? ByteBuffer()
      let isLast = rest.readableBytes == 0
      if !isLast { works.prepend(.bytes(rest, promise)) }
      measuring(byteCount) {
        feed(isLast ? promise : nil) { try $0.write(slice.readableBytesUInt8Span) }
      }
    }

    /// Codes a slice of the content held until the end, and ends the response after the last one.
    func codeEndSlice(
      _ trailers: HTTPFields?, _ promise: EventLoopPromise<Void>?, upTo byteCount: Int
    ) {
      var kept: ByteBuffer?
      do {
        if let whole = response?.whole {
          let result = try measuring {
            try response?.machine.finish(
              keeping: whole.readableBytesUInt8Span, trailers: trailers, coding: byteCount)
          }
          switch result {
          case .coding: return works.prepend(.end(trailers, promise))
          case .identity: kept = whole
          case .stream:
            response?.whole = nil
            works.prepend(.end(trailers, promise))
            return works.prepend(.bytes(whole, nil))
          case .done, nil: break
          }
          response?.whole = nil
        } else {
          let isDone = try measuring {
            try response?.machine.finish(trailers: trailers, coding: byteCount) ?? true
          }
          guard isDone else { return works.prepend(.end(trailers, promise)) }
        }
      } catch {
        return breakOff(error, promise)
      }
      if let promise { promises.append(promise) }
      if response?.machine.isOutputDue == true { emit(with: kept) }
    }

    /// Measures the coding of this many bytes, or of a body in memory.
    ///
    /// An engine that needs the whole body in one call codes more of it than it was asked to.
    private func measuring<Result>(
      _ byteCount: Int? = nil, _ action: () throws -> Result
    ) rethrows -> Result {
      codedCount += 1
      let start = NIODeadline.now()
      let position = response?.machine.wholePosition ?? 0
      defer {
        let wholeByteCount = (response?.machine.wholePosition ?? 0) - position
        budget.spend(byteCount ?? wholeByteCount, in: NIODeadline.now() - start)
      }
      return try action()
    }

    /// Reads the next part of a file, once the transport has taken the output of the previous one.
    private func read(_ file: CodedFile, _ promise: EventLoopPromise<Void>?) {
      guard file.readableBytes > 0 else { return feed(promise) { _ in } }
      works.prepend(.file(file, promise))
      flushOutput()
      let isFull = isTransportFull()
      // Promises may have ended or changed the work meanwhile.
      guard let context, case .file(let current, _)? = works.first, current === file,
        file.readableBytes > 0
      else { return }
      pause = isFull ? .transport : .file
      if isFull { return }
      file.read(
        upTo: Self.fileChunkByteCount, on: context.eventLoop, allocator: context.channel.allocator
      ) { [self] result in
        guard case .file = pause, case .file(let current, _)? = works.first, current === file else {
          return
        }
        beginTurn {
          switch result {
          case .success(let bytes): works.prepend(.bytes(bytes, nil))
          case .failure(let error): breakOff(error)
          }
        }
      }
    }
  }

  // Taking turns.
  extension ResponseCoder {
    /// Yields to the event loop, and continues once the transport can take more.
    func endTurn() {
      guard pause == .none else { return }
      pause = .turn
      flushOutput()
      // Promises may have broken the response off.
      guard pause == .turn else { return }
      let isFull = isTransportFull()
      // The flush may have let the next event begin to read a file.
      guard pause == .turn else { return }
      if isFull {
        pause = .transport
      } else {
        scheduleTurn()
      }
    }

    /// Continues in the next turn, without waiting any longer.
    func goOn() {
      pause = .turn
      scheduleTurn()
    }

    private func scheduleTurn() {
      guard !isTurnScheduled else { return }
      isTurnScheduled = true
      context?.eventLoop.assumeIsolated().execute { [self] in
        isTurnScheduled = false
        if pause == .turn { beginTurn {} }
      }
    }

    private func beginTurn(_ action: () -> Void) {
      pause = .none
      budget.renew()
      performing {
        action()
        work()
      }
      resume()
    }

    /// Flushes the machine's output if there is any.
    func flushOutput() {
      if hasUnflushedOutput { flushChannel() }
    }

    func flushChannel() {
      hasUnflushedOutput = false
      context?.flush()
    }

    /// Whether the transport is full.
    ///
    /// Our own unflushed output doesn't count: it is only there to make the queue visible.
    private func isTransportFull() -> Bool {
      guard !hasUnflushedOutput, let context, !context.channel.isWritable else {
        return false
      }
      flushChannel()
      return !hasUnflushedOutput && !context.channel.isWritable
    }

    /// Handles a change of the channel's writability.
    ///
    /// - Returns: Whether to tell the application.
    func writabilityChanged() -> Bool {
      guard context?.channel.isWritable == true else { return true }
      if pause == .transport { goOn() }
      showQueue(paying: 0)
      return context?.channel.isWritable != false
    }
  }
#endif
