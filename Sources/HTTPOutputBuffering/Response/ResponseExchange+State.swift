extension ResponseExchange {
  /// What is between the two sides.
  enum Slot {
    case empty
    /// The adapter's side waits.
    case awaited(CheckedContinuation<Event, Never>)
    /// The adapter's side hasn't asked for it.
    case offered(ResponseOutput, isUnfinished: Bool, Giver)
    /// The adapter's side has it, and the transport hasn't taken it.
    case taken(Giver)
    /// The handler has failed, and the adapter's side hasn't asked.
    case failed(any Error)
  }

  /// What goes on when the transport has taken an output, or never will.
  enum Giver {
    /// The handler, with spent storage where the output was taken.
    case handler(CheckedContinuation<ContiguousArray<UInt8>?, Never>)
    /// What is left to do after a handler that has returned.
    case conclusion(ResponseConclusion)
  }

  /// How much of the message the adapter's side has taken.
  enum Message {
    case unbegun
    case begun
    /// The head was all of the response, and its handler hasn't finished it: its client is still the
    /// handler's concern.
    case over
    case ended(isHeadAll: Bool)
  }

  enum Handler {
    case starting(isCancelled: Bool)
    case running(RunningTask?)
    /// It has returned, and the end of its response is on the way.
    case returned
    /// It and everything that belongs to it is done.
    case ended
  }

  /// Whether the connection is free as soon as the end is sent, whatever the handler still does.
  enum Release {
    case undecided
    case granted
    /// The after-response service hasn't admitted what the handler still does.
    case refused
  }

  struct State {
    var slot = Slot.empty
    var message = Message.unbegun
    var handler = Handler.starting(isCancelled: false)
    var release = Release.undecided
    var ignoresDisconnect: Bool
    /// Whether the handler's task was cancelled because the response broke off.
    var isHandlerTold = false
    /// The time limit that is running.
    var timeLimit: UInt64?
    var interruption: (@Sendable () -> Void)?
    var releaseWaiters = WaiterList()
    /// What the handler has registered for the time after the response.
    var releasedWorks: ReleasedWorks?
  }
}

extension ResponseExchange.State {
  /// Marks the handler as told of the end by its cancellation.
  ///
  /// - Returns: The task to cancel once the lock is given back.
  mutating func tellHandler() -> RunningTask? {
    isHandlerTold = true
    return cancelHandler()
  }

  mutating func cancelHandler() -> RunningTask? {
    switch handler {
    case .starting: handler = .starting(isCancelled: true)
    case .running(let task): return task
    case .returned, .ended: break
    }
    return nil
  }
}

extension ResponseExchange.Handler {
  var hasEnded: Bool {
    if case .ended = self { true } else { false }
  }
}

extension ResponseExchange.Message {
  /// Whether the adapter's side has the end.
  var hasEnd: Bool {
    switch self {
    case .unbegun, .begun: false
    case .over, .ended: true
    }
  }

  mutating func take(_ output: ResponseOutput, isUnfinished: Bool) {
    if output.end != nil {
      self = isUnfinished ? .over : .ended(isHeadAll: output.head?.framing == .noContent)
    } else if output.head != nil {
      self = .begun
    }
  }
}

/// What goes on once an exchange's lock is given back.
struct Wake {
  typealias Event = ResponseExchange.Event

  var giver: ResponseExchange.Giver?
  /// Spent storage for the giver; nil where the output wasn't taken.
  var spent: ContiguousArray<UInt8>?
  var consumer: (continuation: CheckedContinuation<Event, Never>, event: Event)?
  var interruption: (@Sendable () -> Void)?
  var waiters: [CheckedContinuation<Void, Never>] = []

  func callAsFunction() {
    switch giver {
    case .handler(let continuation): continuation.resume(returning: spent)
    case .conclusion(let conclusion): conclusion(isTaken: spent != nil)
    case nil: break
    }
    if let consumer { consumer.continuation.resume(returning: consumer.event) }
    interruption?()
    waiters.resume()
  }
}
