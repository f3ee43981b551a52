extension ResponseExchange {
  /// The slot between the two sides.
  enum Slot {
    case empty
    /// The adapter waits for output.
    case awaited(Waiter<Event>)
    /// The adapter hasn't asked for the output.
    case offered(ResponseOutput, isUnfinished: Bool, Giver)
    /// The adapter has the output, and the transport hasn't taken it.
    case taken(Giver)
    /// The handler has failed, and the adapter hasn't asked.
    case failed(any Error)
  }

  /// What continues when the transport has taken an output, or never will.
  enum Giver {
    /// The handler, with spent storage if the output was taken.
    case handler(Waiter<ContiguousArray<UInt8>?>)
    /// The conclusion, after a handler that has returned.
    case conclusion(ResponseConclusion)
  }

  /// The part of the message that the adapter has taken.
  enum Message {
    case unbegun
    case begun
    /// The head was the whole response, and the handler hasn't finished it: a disconnect still
    /// matters to the handler.
    case over
    case ended(isHeadAll: Bool)
  }

  enum Handler {
    case starting(isCancelled: Bool)
    case running(RunningTask?)
    /// The handler has returned, and the end of its response is being sent.
    case returned
    /// The handler and everything that belongs to it has ended.
    case ended
  }

  /// Whether the connection is released when the end is sent, even if the handler continues.
  enum Release {
    case undecided
    case granted
    /// The after-response service hasn't admitted the handler's remaining work.
    case refused
  }

  struct State {
    var slot = Slot.empty
    var message = Message.unbegun
    var handler = Handler.starting(isCancelled: false)
    var release = Release.undecided
    var ignoresDisconnect: Bool
    /// Whether the handler's task was cancelled because the response was aborted.
    var isHandlerTold = false
    /// The current time limit.
    var timeLimit: UInt64?
    var interruption: (@Sendable () -> Void)?
    var releaseWaiters = WaiterList()
    /// The work that the handler has registered for the time after the response.
    var releasedWorks: ReleasedWorks?
  }
}

extension ResponseExchange.State {
  /// Marks the handler as told of the abort by cancellation.
  ///
  /// - Returns: The task to cancel after the lock is released.
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
  /// Whether the adapter has taken the end.
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

/// The continuations to resume after an exchange's lock is released.
struct Wake {
  typealias Event = ResponseExchange.Event

  var giver: ResponseExchange.Giver?
  /// Spent storage for the giver; nil if the output wasn't taken.
  var spent: ContiguousArray<UInt8>?
  var consumer: (waiter: Waiter<Event>, event: Event)?
  var interruption: (@Sendable () -> Void)?
  var waiters: [CheckedContinuation<Void, Never>] = []

  func callAsFunction() {
    switch giver {
    case .handler(let waiter): waiter.resume(returning: spent)
    case .conclusion(let conclusion): conclusion(isTaken: spent != nil)
    case nil: break
    }
    if let consumer { consumer.waiter.resume(returning: consumer.event) }
    interruption?()
    waiters.resume()
  }
}
