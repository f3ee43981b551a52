package import HTTPTypes

/// Bytes in a framework's own storage.
package protocol BodyBytes: Sendable {
  /// The number of bytes.
  var byteCount: Int { get }

  /// Appends the next bytes of the body.
  mutating func append(_ next: Self)

  /// Calls the closure with the bytes.
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

/// An event in the delivery of a body.
package enum BodyPart<Bytes: BodyBytes>: Sendable {
  case bytes(Bytes)
  case end(trailers: HTTPFields?)
  /// The body's writer has ended with an error, or without an end: see ``UnfinishedBody``.
  case failed(any Error)
}

/// The body's writer returned without ending the body, so the message has no known end.
package struct UnfinishedBody: Error {
  package init() {}
}

/// Feeds a body that arrives in parts to a machine, and limits the wait for the next part.
///
/// A body in memory is sent whole, with an exact length. Frameworks don't say which bodies are in
/// memory, so a body of known length, up to ``ResponseSettings/maximumWholeBytes``, counts as one
/// as long as its parts arrive in time: with ``Delivery/atOnce`` within the latency bound after the
/// first bytes, with ``Delivery/inPieces`` within 100 ms or the latency bound after the part before,
/// whichever is longer, and within 1 s in total. No byte of any other body waits longer than the
/// latency bound.
///
/// The adapter does the I/O: it calls ``next(at:)``, sends the output it gets, and passes on parts
/// with ``take(_:)``.
package struct BodyCoder<Bytes: BodyBytes>: ~Copyable {
  /// How a framework delivers a body that is in memory.
  package enum Delivery: Sendable {
    /// In one part. A body that arrives in several parts isn't in memory; only its end may come
    /// later.
    case atOnce
    /// In several parts. Each follows soon after the one before, even on a busy machine.
    case inPieces
  }

  /// What the adapter does next.
  package enum Step: Sendable {
    /// Send this output.
    case send(ResponseOutput)
    /// Wait for the next part, at most this long; nil means without a limit.
    case wait(atMost: Duration?)
  }

  /// When the bytes that the machine holds must be flushed.
  private enum Due {
    /// The machine holds no bytes.
    case never
    /// One latency bound after the next wait begins, so that the time a slow client takes to read
    /// doesn't count.
    case soon
    case by(ContinuousClock.Instant)
  }

  private enum Phase {
    /// The body counts as one in memory until this time; nil until its first bytes arrive.
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
  /// Parts that have arrived and haven't been processed.
  private var parts: ArraySlice<BodyPart<Bytes>> = []
  /// Bytes that haven't all been written to the machine, and the number that have.
  private var pending: Bytes?
  private var position = 0

  /// Creates a coder for a body.
  ///
  /// - Parameters:
  ///   - machine: The response's machine, which is open.
  ///   - bodyByteCount: The body's length in bytes, if it is known.
  ///   - delivery: How the framework hands over a body that is in memory.
  ///   - latencyBound: How long bytes may wait for more bytes to follow.
  ///   - now: The current time.
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
    // An event must not wait for later events.
    let isCollected = !machine.isEventStream && bodyByteCount.map { 0...limit ~= $0 } ?? false
    self.phase = isCollected ? .collecting(until: nil) : .streaming(.soon)
    self.machine = machine
    if isCollected, delivery == .inPieces { phase = .collecting(until: collectingEnd(from: now)) }
  }

  /// Takes a part of the body; parts after its end are ignored.
  package mutating func take(_ part: BodyPart<Bytes>) {
    parts.append(part)
  }

  /// Aborts the response.
  package mutating func abort() {
    phase = .ended
    (parts, pending) = ([], nil)
    machine.abort()
  }

  /// Returns the next step; the previous step's output has been sent.
  ///
  /// - Parameter now: The current time.
  /// - Returns: The next step.
  /// - Throws: The error that aborts the message: the body's own error, a mismatch with its
  ///   declared length, or an encoder's failure.
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
    }
  }

  private mutating func collect(_ bytes: Bytes, at now: ContinuousClock.Instant) {
    if pending?.append(bytes) == nil { pending = bytes }
    switch phase {
    case .collecting where pending?.byteCount ?? 0 > bodyByteCount ?? 0:
      // The machine reports that the body is too long.
      phase = .streaming(.soon)
    case .collecting(let end): phase = .collecting(until: collectingEnd(from: now, or: end))
    case .streaming(.never): phase = .streaming(.soon)
    case .streaming, .ended: break
    }
  }

  /// The time until which the body counts as one in memory.
  private func collectingEnd(
    from now: ContinuousClock.Instant, or end: ContinuousClock.Instant? = nil
  ) -> ContinuousClock.Instant {
    switch delivery {
    case .atOnce: end ?? now + latencyBound
    case .inPieces: min(begin + .seconds(1), now + max(.milliseconds(100), latencyBound))
    }
  }

  /// Stops treating the body as one in memory.
  private mutating func stopCollecting(at end: ContinuousClock.Instant) throws {
    // The body may be complete, with only its end missing.
    if pending?.byteCount ?? 0 == bodyByteCount { return try finish(trailers: nil) }
    phase = .streaming(.by(end))
  }

  /// Ends the response with its complete body.
  private mutating func finish(trailers: HTTPFields?) throws {
    phase = .ended
    guard let body = pending.take() else { return try machine.finish(trailers: trailers) }
    try body.withBytes { bytes throws(ResponseError) in
      try machine.finish(with: bytes, trailers: trailers)
    }
  }

  /// Writes in slices, each sent before the next, because a part may have any length.
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
  /// The number of bytes of a body that may be collected while its parts follow one another without
  /// a wait.
  ///
  /// A body of unknown length is collected up to the limit of an open response. An event stream
  /// isn't collected, since its events must not wait for later ones.
  ///
  /// - Parameter bodyByteCount: The body's length in bytes, if it is known.
  /// - Returns: The limit in bytes.
  package mutating func collectableByteCount(of bodyByteCount: Int?) -> Int {
    if let bodyByteCount, 0...settings.wholeByteLimit ~= bodyByteCount {
      return settings.wholeByteLimit
    }
    return isEventStream ? 0 : settings.streamedByteLimit
  }
}
