public import HTTPContentCoding
public import HTTPTypes
public import Logging
public import OutputBuffering

/// A handler's response: a head, a stack of output buffers, and an end at the handler's choice.
///
/// ```swift
/// try await response.write("<p>Thank you for your order.</p>")
/// try await response.finish()  // the client has the whole answer and is released
/// try await warehouse.send(order)  // and the handler keeps working
/// ```
///
/// Written bytes are held until the response is *committed*: by ``flush()``, by ``finish(_:)``, by
/// the handler's return, or by more bytes than ``ResponseSettings/maximumBufferedBytes``. Until
/// then, head and body can be changed, or discarded with ``reset()``; an error that the handler
/// throws discards them, and the server answers with its own error. After the commit, an error
/// leaves the message visibly broken.
///
/// A response to HEAD, or with a status that has no content (204, 205, 304), is complete when it is
/// committed: the client is released, and a later write throws ``ResponseError/Code/disconnected``,
/// since no client reads it. Until ``finish(_:)``, a client that leaves still cancels the handler's
/// task.
///
/// The object belongs to its handler's task and isn't `Sendable`; it can be passed down and stored
/// within that task. When the handler returns, the response is finished if it hasn't been, and
/// every hook runs.
public final class BufferedResponse {
  /// The stack of output buffers over the body (PHP: `ob_*`).
  ///
  /// Its operations are synchronous: the response's next awaited operation sends the bytes that
  /// they pass on. ``ResponseSettings/maximumUnsentBytes`` limits the bytes that wait.
  public let output: OutputStack<ResponseSink>

  /// A logger for the handler, with the request's metadata.
  public let logger: Logger

  /// The progress of the response.
  enum Phase {
    /// Nothing has been sent: the server can answer with a response of its own.
    case open
    /// The head has been sent.
    case begun
    /// The head was the whole response, and the response hasn't been finished.
    case over(Over)
    /// The transport has taken the end of the message.
    case finished
    /// The message couldn't be completed although the client was connected, and the adapter has
    /// been told.
    case failed
    /// The client left or the time ran out before the end, and the operator has been told.
    case lost
    /// The handler has returned or thrown, and every hook has run.
    case concluded
  }

  let exchange: ResponseExchange
  var hooks = ResponseHooks()
  let metrics: ResponseMetrics
  var spent: ContiguousArray<UInt8> = []
  var phase = Phase.open
  /// The registered work after the response; nil if there is none.
  var releasedWorks: ReleasedWorks?
  #if Tracing
    /// The response's span; nil if there is no tracer.
    var span: ResponseSpan?
  #endif
  /// Called when the head is committed, before anything is sent, and again before the ``atEnd(_:)``
  /// hooks, when only these may still change the response.
  package var observer: ((BufferedResponse) -> Void)?

  init(
    machine: consuming ResponseMachine, exchange: ResponseExchange, logger: Logger,
    metrics: ResponseMetrics
  ) {
    self.output = OutputStack(
      sink: ResponseSink(machine: machine, logger: logger, metrics: metrics))
    self.exchange = exchange
    self.logger = logger
    self.metrics = metrics
  }
}

extension BufferedResponse {
  /// The response's head; after the commit, the head as it was sent.
  public var head: HTTPResponse { output.sink.machine.head }

  /// Whether nothing has been committed: head and body can still be changed or discarded.
  public var isOpen: Bool { output.sink.machine.isOpen }

  /// The response's coding and the reason for it; nil before the commit.
  public var decision: ContentCodingDecision? { output.sink.machine.decision }

  /// The status of the client's connection (PHP: `connection_status()`).
  public var connectionStatus: ConnectionStatus { exchange.status }

  /// The number of bytes that left the buffers but reached no client: written after the end, to a
  /// client that had left, or with a status that has no content.
  public var discardedByteCount: Int { output.sink.machine.discardedByteCount }

  /// The number of bytes of body that the response has accepted, before coding.
  public var bodyByteCount: Int { output.sink.machine.byteCountIn }

  /// Whether the handler continues when the client leaves (PHP: `ignore_user_abort()`).
  ///
  /// If false, the task is cancelled and writes throw ``ResponseError/Code/disconnected``. If true,
  /// writes are discarded and counted. The value at the time at which the client leaves counts.
  /// After ``finish(_:)``, a client that leaves isn't noticed. If the head is the whole response,
  /// as for HEAD, the value decides the outcome of writes after the commit.
  public var ignoresDisconnect: Bool {
    get { exchange.ignoresDisconnect }
    set { exchange.ignoresDisconnect = newValue }
  }

  /// Limits the handler's time from now on, replacing an earlier limit (PHP: `set_time_limit()`).
  ///
  /// The limit counts wall-clock time, including waits and the time after ``finish(_:)``; PHP
  /// counts CPU time. When it runs out, the task is cancelled and ``connectionStatus`` is
  /// ``ConnectionStatus/timedOut``; a response that hasn't begun is answered with 503.
  ///
  /// - Parameter limit: The time from now; nil removes the limit.
  public func setTimeLimit(_ limit: Duration?) {
    exchange.setTimeLimit(limit)
  }
}
