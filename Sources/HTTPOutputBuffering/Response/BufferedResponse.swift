public import HTTPContentCoding
public import HTTPTypes
public import Logging
public import OutputBuffering

/// A response as a handler sees it: a head, a stack of output buffers, and an end that comes when the
/// handler says so.
///
/// ```swift
/// try await response.write("<p>Thank you for your order.</p>")
/// try await response.finish()  // the client has the whole answer and is released
/// try await warehouse.send(order)  // and the handler works on
/// ```
///
/// What is written is held until the response is *committed*: by ``flush()``, by ``finish(_:)``, by the
/// handler's return, or by more bytes than ``ResponseSettings/maximumBufferedBytes``. Up to then head
/// and body can be changed, or discarded by ``reset()``; an error thrown by the handler discards them
/// and the server answers with its own. After it an error leaves the message visibly broken.
///
/// A response to HEAD, or one with a status that has no content (204, 205, 304), is over when it is
/// committed: the client is released, and a write after that throws
/// ``ResponseError/Code/disconnected``, as there is no one to read it. Until ``finish(_:)`` a client
/// that leaves still cancels the handler's task.
///
/// The object belongs to its handler's task and isn't `Sendable`; it can be passed down and stored
/// there. When the handler returns, the response is finished, if it hasn't been, and every hook runs.
public final class BufferedResponse {
  /// The stack of output buffers over the body (PHP: `ob_*`).
  ///
  /// Its operations are synchronous: what they let through is sent by the response's next operation
  /// that is awaited. Bytes that wait so are bounded by ``ResponseSettings/maximumUnsentBytes``.
  public let output: OutputStack<ResponseSink>

  /// A logger for what the handler has to say, with the request's metadata.
  public let logger: Logger

  /// How far the response has come.
  enum Phase {
    /// Nothing of it has been sent: the server can answer with a response of its own.
    case open
    /// Its head has been sent.
    case begun
    /// Its head was all of it, and it hasn't been finished.
    case over(Over)
    /// The transport has taken the end of the message.
    case finished
    /// The message could not be whole although the client was there, and the adapter's side has been told.
    case failed
    /// The client was gone, or the time over, before its end; the operator has been told.
    case lost
    /// The handler has returned or thrown, and every hook has run.
    case concluded
  }

  let exchange: ResponseExchange
  var hooks = ResponseHooks()
  let metrics: ResponseMetrics
  var spent: ContiguousArray<UInt8> = []
  var phase = Phase.open
  /// What is registered for the time after the response; nil where nothing is.
  var releasedWorks: ReleasedWorks?
  #if Tracing
    /// nil where there is no tracer.
    var span: ResponseSpan?
  #endif
  /// Looks at the response when its head is committed, before anything of it is sent, and when nothing
  /// changes it any more, before the ``atEnd(_:)`` hooks.
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
  /// The response's head; as it was sent, once the response is committed.
  public var head: HTTPResponse { output.sink.machine.head }

  /// Whether nothing has been committed: head and body can still be changed or discarded.
  public var isOpen: Bool { output.sink.machine.isOpen }

  /// How the response is coded and why; nil before the commit.
  public var decision: ContentCodingDecision? { output.sink.machine.decision }

  /// What has become of the client (PHP: `connection_status()`).
  public var connectionStatus: ConnectionStatus { exchange.status }

  /// Bytes that reached the bottom of the stack and no client: written after the end, to a client that
  /// had left, or with a status that has no content.
  public var discardedByteCount: Int { output.sink.machine.discardedByteCount }

  /// Bytes of body that the response has accepted, before coding.
  public var bodyByteCount: Int { output.sink.machine.byteCountIn }

  /// Whether the handler's task is left alone when the client leaves (PHP: `ignore_user_abort()`).
  ///
  /// Without it the task is cancelled and writes throw ``ResponseError/Code/disconnected``. With it
  /// they are discarded and counted. Its value at the moment the client leaves counts. After
  /// ``finish(_:)`` a client that leaves is never noticed, with or without it. Where the head is all of
  /// the response, as it is to HEAD, it says what becomes of writes after the commit.
  public var ignoresDisconnect: Bool {
    get { exchange.ignoresDisconnect }
    set { exchange.ignoresDisconnect = newValue }
  }

  /// Limits the handler's time from now on, replacing an earlier limit (PHP: `set_time_limit()`).
  ///
  /// It counts the wall clock, waiting and what comes after ``finish(_:)`` included; PHP counts CPU
  /// time. When it runs out, the task is cancelled and ``connectionStatus`` is
  /// ``ConnectionStatus/timedOut``; a response that has not begun is answered with 503.
  ///
  /// - Parameter limit: The time from now; nil takes the limit away.
  public func setTimeLimit(_ limit: Duration?) {
    exchange.setTimeLimit(limit)
  }
}
