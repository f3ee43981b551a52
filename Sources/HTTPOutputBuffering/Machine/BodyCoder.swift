package import HTTPTypes

/// Bytes as a framework hands them over.
package protocol BodyBytes: Sendable {
  /// How many there are.
  var byteCount: Int { get }

  /// Appends the bytes that follow.
  mutating func append(_ next: Self)

  /// Lends the bytes.
  func withBytes<Failure>(
    _ body: (Span<UInt8>) throws(Failure) -> Void
  ) throws(Failure)
}

extension ContiguousArray<UInt8>: BodyBytes {
  package var byteCount: Int { count }

  package mutating func append(_ next: Self) { append(contentsOf: next) }

  package func withBytes<Failure>(
    _ body: (Span<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    try body(span)
  }
}

/// What comes of a body.
package enum BodyPart<Bytes: BodyBytes>: Sendable {
  case bytes(Bytes)
  case end(trailers: HTTPFields?)
  case failed(any Error)
  /// What writes the body has returned; without an end before it, it has forgotten it.
  case returned
}

/// What writes a body has returned without its end: where the message ends isn't known.
package struct UnfinishedBody: Error {
  package init() {}
}

/// Puts a body that comes in parts through a machine, and says how long the next part can be waited for.
///
/// A body that is in memory leaves whole, with an exact length. Frameworks don't say which one is: a body of
/// known length, up to ``ResponseSettings/maximumWholeBytes``, counts as one as long as its parts come in
/// time. Of a streamed body nothing waits longer than the latency bound.
///
/// An adapter reads and writes: it asks ``next(at:)``, sends what it is given, and gives it parts by
/// ``take(_:)``.
package struct BodyCoder<Bytes: BodyBytes>: ~Copyable {
  /// How a framework hands over a body that is in memory.
  package enum Delivery: Sendable {
    /// What doesn't come in one go isn't in memory, but for its end.
    case atOnce
    /// Bit by bit: its next buffer, and all of it, come soon, also on a machine that has other things to do.
    case inPieces
  }

  /// What is to be done next.
  package enum Step: Sendable {
    /// This is to be sent.
    case send(ResponseOutput)
    /// The next part is to be waited for, at most for so long; nil for as long as it takes.
    case wait(atMost: Duration?)
  }

  /// When what the machine holds has to leave.
  private enum Due {
    /// It holds nothing.
    case never
    /// After the latency bound, from the next wait on: a client that reads slowly isn't counted.
    case soon
    case by(ContinuousClock.Instant)
  }

  private enum Phase {
    /// The body counts as one in memory, until then; nil as long as nothing has come.
    case collecting(until: ContinuousClock.Instant?)
    case streaming(Due)
    case ended
  }

  /// The machine.
  package private(set) var machine: ResponseMachine
  private let bodyByteCount: Int?
  private let latencyBound: Duration
  private let delivery: Delivery
  private let begin: ContinuousClock.Instant
  private var phase: Phase
  /// What has come and isn't looked at yet.
  private var parts: ArraySlice<BodyPart<Bytes>> = []
  /// What the machine is still to be given, and how much of it it has.
  private var pending: Bytes?
  private var position = 0

  /// Begins with a body.
  ///
  /// - Parameters:
  ///   - machine: The machine, open.
  ///   - bodyByteCount: The body's length in bytes, where it is known.
  ///   - delivery: How the framework hands over a body that is in memory.
  ///   - latencyBound: How long bytes may wait when nothing follows them.
  ///   - now: The time.
  package init(
    machine: consuming ResponseMachine, bodyByteCount: Int?, delivery: Delivery,
    latencyBound: Duration, at now: ContinuousClock.Instant
  ) {
    var machine = machine
    let limit = machine.settings.wholeByteLimit
    machine.expect(bodyByteCount: bodyByteCount)
    self.bodyByteCount = bodyByteCount
    self.latencyBound = latencyBound.boundedForSleep
    self.delivery = delivery
    self.begin = now
    // An event doesn't wait for later ones.
    let isCollected = !machine.isEventStream && bodyByteCount.map { 0...limit ~= $0 } ?? false
    self.phase = isCollected ? .collecting(until: nil) : .streaming(.soon)
    self.machine = machine
    if isCollected, delivery == .inPieces { phase = .collecting(until: collectingEnd(from: now)) }
  }

  /// Takes a part of the body; nothing that follows its end is looked at.
  package mutating func take(_ part: BodyPart<Bytes>) {
    parts.append(part)
  }

  /// Gives the response up.
  package mutating func abort() {
    phase = .ended
    (parts, pending) = ([], nil)
    machine.abort()
  }

  /// Says what is to be done next; what was to be sent before has been sent.
  ///
  /// - Parameter now: The time.
  /// - Returns: What is to be done.
  /// - Throws: What the message has to be broken off for: the body's own error, a length that it doesn't
  ///   keep, an encoder that fails.
  package mutating func next(at now: ContinuousClock.Instant) throws -> Step {
    while true {
      if case .streaming = phase { try writePending() }
      if machine.isOutputDue { return .send(takeOutput()) }
      if let part = parts.popFirst() {
        try process(part, at: now)
        continue
      }
      switch phase {
      case .collecting(let end?) where end <= now: try stopCollecting(at: end)
      case .collecting(let end): return .wait(atMost: end.map { $0 - now })
      case .streaming(.by(let deadline)) where deadline <= now:
        phase = .streaming(.never)
        try machine.flush()
        if !machine.isOutputDue { return .wait(atMost: nil) }
      case .streaming(.by(let deadline)): return .wait(atMost: deadline - now)
      case .streaming(.soon): phase = .streaming(.by(now + latencyBound))
      case .streaming(.never), .ended: return .wait(atMost: nil)
      }
    }
  }

  private mutating func takeOutput() -> ResponseOutput {
    if case .streaming(.by) = phase { phase = .streaming(.soon) }
    return machine.takeOutput()
  }

  private mutating func process(
    _ part: BodyPart<Bytes>, at now: ContinuousClock.Instant
  ) throws {
    switch (part, phase) {
    case (_, .ended): break
    case (.bytes(let bytes), _): collect(bytes, at: now)
    case (.end(let trailers), .collecting): try finish(trailers: trailers)
    case (.end(let trailers), .streaming):
      phase = .ended
      try machine.finish(trailers: trailers)
    case (.failed(let error), _):
      abort()
      throw error
    case (.returned, _):
      abort()
      throw UnfinishedBody()
    }
  }

  private mutating func collect(_ bytes: Bytes, at now: ContinuousClock.Instant) {
    if pending?.append(bytes) == nil { pending = bytes }
    switch phase {
    case .collecting where pending?.byteCount ?? 0 > bodyByteCount ?? 0:
      // The machine says so.
      phase = .streaming(.soon)
    case .collecting(let end): phase = .collecting(until: collectingEnd(from: now, or: end))
    case .streaming(.never): phase = .streaming(.soon)
    case .streaming, .ended: break
    }
  }

  /// Until when a body counts as one in memory.
  private func collectingEnd(
    from now: ContinuousClock.Instant, or end: ContinuousClock.Instant? = nil
  ) -> ContinuousClock.Instant {
    switch delivery {
    case .atOnce: end ?? now + latencyBound
    case .inPieces: min(begin + .seconds(1), now + max(.milliseconds(100), latencyBound))
    }
  }

  /// What still comes of a body is late.
  private mutating func stopCollecting(at end: ContinuousClock.Instant) throws {
    // All that was promised may be there.
    if pending?.byteCount ?? 0 == bodyByteCount { return try finish(trailers: nil) }
    phase = .streaming(.by(end))
  }

  /// Ends a response with all of its body in hand.
  private mutating func finish(trailers: HTTPFields?) throws {
    phase = .ended
    guard let body = pending.take() else { return try machine.finish(trailers: trailers) }
    try body.withBytes { bytes throws(ResponseError) in
      try machine.finish(with: bytes, trailers: trailers)
    }
  }

  /// Writes in slices, each sent before the next: a part may be of any length.
  private mutating func writePending() throws {
    guard let bytes = pending else { return }
    try bytes.withBytes { bytes throws(ResponseError) in
      while position < bytes.count, !machine.isOutputDue {
        let end = min(position + ResponseMachine.writeSliceByteCount, bytes.count)
        try machine.write(bytes.extracting(position..<end))
        position = end
      }
    }
    guard position == bytes.byteCount else { return }
    (pending, position) = (nil, 0)
  }
}

extension ResponseMachine {
  /// How much of a body may be collected because it is in memory, in bytes: what comes of it without a wait
  /// between its parts.
  ///
  /// A body of unknown length is collected up to what an open response holds, an event stream not at all:
  /// its events aren't kept waiting for those that follow.
  ///
  /// - Parameter bodyByteCount: The body's length in bytes, where it is known.
  /// - Returns: How much.
  package mutating func collectableByteCount(of bodyByteCount: Int?) -> Int {
    if let bodyByteCount, 0...settings.wholeByteLimit ~= bodyByteCount {
      return settings.wholeByteLimit
    }
    return isEventStream ? 0 : settings.streamedByteLimit
  }
}
