#if FlyingFox
  import HTTPOutputBuffering

  /// Gives the parts of a body to a machine, and says how long it can wait for the next.
  ///
  /// A body that is in memory is collected whole, so that it leaves with an exact length. FlyingFox
  /// doesn't say which one is: a body of known length counts as one while its buffers come in time.
  struct BodyCoder: ~Copyable {
    /// What is in memory comes sooner, also on a machine that has other things to do: its next buffer, and
    /// all of it.
    private static let (collectingPause, collectingTime) = (
      Duration.milliseconds(100), Duration.seconds(1)
    )

    private(set) var machine: ResponseMachine
    private let latencyBound: Duration
    private var isCollecting: Bool
    private let collectedByteLimit: Int
    private let collectingEnd = ContinuousClock.now + collectingTime
    /// The machine holds bytes, or a head, that must not wait for ever.
    private var isFlushDue = true
    private var flushDeadline: ContinuousClock.Instant?
    private var pending: ContiguousArray<UInt8> = []
    private var position = 0

    init(machine: consuming ResponseMachine, bodyByteCount: Int?, latencyBound: Duration) {
      var machine = machine
      let limit = machine.settings.wholeByteLimit
      self.latencyBound = latencyBound
      self.collectedByteLimit = bodyByteCount ?? 0
      machine.expect(bodyByteCount: bodyByteCount)
      // Events aren't kept waiting for those behind them.
      self.isCollecting = !machine.isEventStream && bodyByteCount.map { $0 <= limit } ?? false
      self.machine = machine
      if isCollecting { flushDeadline = .now + Self.collectingPause }
    }

    /// How long the next part can be waited for; nil for as long as it takes.
    var timeToFlush: Duration? {
      mutating get {
        guard isFlushDue else { return nil }
        let now = ContinuousClock.now
        let deadline = flushDeadline ?? now + latencyBound
        flushDeadline = deadline
        return max(.zero, deadline - now)
      }
    }

    /// What was sendable is sent: a client that reads slowly isn't counted.
    mutating func startWaiting() {
      if !isCollecting { flushDeadline = nil }
    }

    /// Takes a part of the body, or learns that none came in time.
    mutating func feed(_ part: BodyReader.Part?) throws {
      switch part {
      case .buffer(let buffer):
        if pending.isEmpty { pending = buffer } else { pending += buffer }
        isFlushDue = true
        if pending.count > collectedByteLimit { isCollecting = false }
        if isCollecting {
          flushDeadline = min(collectingEnd, .now + max(Self.collectingPause, latencyBound))
        }
      case .end where isCollecting:
        let body = pending
        pending = []
        isCollecting = false
        try machine.finish(with: body.span)
      case .end:
        try machine.finish()
      case .failed(let error):
        machine.abort()
        throw error
      case nil:
        flushDeadline = .now
      }
    }

    /// Takes what is to be sent; nil if the machine waits for more.
    mutating func takeOutput() throws -> ResponseOutput? {
      let isLate = flushDeadline.map { $0 <= .now } ?? false
      if isLate { isCollecting = false }
      guard !isCollecting else { return nil }
      try writePending()
      if isLate && position == pending.count && !machine.isOutputDue {
        try machine.flush()
        isFlushDue = false
        flushDeadline = nil
      }
      return machine.isOutputDue ? machine.takeOutput() : nil
    }

    /// Writes in slices, each sent before the next: a body may come as one buffer.
    private mutating func writePending() throws {
      var body: ContiguousArray<UInt8> = []
      swap(&body, &pending)
      defer { swap(&body, &pending) }
      while position < body.count && !machine.isOutputDue {
        let end = min(position + ResponseMachine.writeSliceByteCount, body.count)
        try machine.write(body.span.extracting(position..<end))
        position = end
      }
      guard position == body.count else { return }
      body.removeAll(keepingCapacity: true)
      position = 0
    }
  }
#endif
