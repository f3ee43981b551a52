public import HTTPContentCoding
public import HTTPTypes
public import Logging
import Metrics
import OutputBuffering
import Synchronization

/// Runs handlers with a ``BufferedResponse``.
///
/// An application creates one instance, and its adapters use it.
public final class ResponseBuffering: Sendable {
  /// The settings of all responses.
  public let settings: ResponseSettings
  /// The owner of handlers; as a service of the application, it drains at shutdown.
  public let service: AfterResponseService
  let metrics = ResponseMetrics()
  private let timeLimits = TimeLimits()

  /// Creates response buffering with the usual settings.
  ///
  /// ```swift
  /// let buffering = ResponseBuffering(codings: [.gzip()])
  /// ```
  ///
  /// - Parameters:
  ///   - codings: The content codings on offer, in order of preference; an empty array switches
  ///     coding off.
  ///   - policy: The policy that decides which responses are coded.
  ///   - explainsDecision: Whether each response explains in `X-Content-Coding-Decision` why it was
  ///     coded or not.
  ///   - service: The owner of handlers.
  public convenience init(
    codings: [ContentCodingOffer],
    policy: CompressionPolicy = CompressionPolicy(),
    explainsDecision: Bool = false,
    service: AfterResponseService = AfterResponseService()
  ) {
    self.init(
      settings: ResponseSettings(
        codings: codings, policy: policy, explainsDecision: explainsDecision),
      service: service)
  }

  /// Creates response buffering with settings that aren't parameters of
  /// ``init(codings:policy:explainsDecision:service:)``.
  ///
  /// - Parameters:
  ///   - settings: The settings of all responses.
  ///   - service: The owner of handlers.
  public init(
    settings: ResponseSettings, service: AfterResponseService = AfterResponseService()
  ) {
    self.settings = settings
    self.service = service
  }

  /// Whether new responses are to be answered with 503: see ``ResponseSettings/admission``.
  public var refusesResponses: Bool { settings.admission == .refuses && service.isExhausted }

  /// Counts a response for which an adapter has used its own machine.
  ///
  /// - Parameters:
  ///   - machine: The machine in its last state.
  ///   - isWhole: Whether the transport has taken the end of the message.
  ///   - logger: A logger for the reason why the response wasn't coded, at debug level, and for the
  ///     trailer fields that were left out.
  package func record(
    _ machine: borrowing ResponseMachine, isWhole: Bool = true, logger: Logger
  ) {
    logger.explain(machine.decision)
    logger.leftOut(trailers: machine.droppedTrailers)
    metrics.sent(machine.byteCountOut)
    metrics.ended(machine, isWhole ? .finished : .aborted)
  }

  /// Counts a response whose body an adapter sends unchanged without a machine.
  ///
  /// - Parameters:
  ///   - commit: The decisions about its head.
  ///   - bodyByteCount: The body's length in bytes, if it is known.
  ///   - logger: A logger for the reason why the response wasn't coded, at debug level.
  package func record(_ commit: HeadCommit, bodyByteCount: Int?, logger: Logger) {
    logger.explain(commit.decision)
    metrics.passed(commit, bodyByteCount: bodyByteCount)
  }

  /// Starts a handler in its own task, which the service owns; an adapter calls this for each
  /// request.
  ///
  /// Check ``refusesResponses`` first, and answer 503 (Service Unavailable) if it is true. Start
  /// the handler as soon as the request's head has arrived, and take its output from the outlet.
  /// Report a client's disconnect to the outlet's ``ResponseOutlet/exchange``: otherwise the
  /// handler doesn't learn of it.
  ///
  /// The task isn't a child of the task that the server waits for, so that it can outlive the
  /// response. It has the caller's task-local values. On systems that have `Task.immediate` (macOS
  /// 26, iOS 26, Linux), a caller that isn't isolated to an actor runs the handler until it first
  /// suspends; a handler that never suspends is done when this returns, and its response is ready.
  ///
  /// A middleware in the caller's task that codes the responses of its routes doesn't code this
  /// one: see ``RouteCoding``.
  ///
  /// - Parameters:
  ///   - request: The request as the client sent it. The changes of an enclosing ``RouteCoding``
  ///     are undone.
  ///   - head: The initial head of the response.
  ///   - name: The handler's name in logs: the request's method and path, without the query.
  ///   - logger: A logger with the request's metadata.
  ///   - takesFiles: Whether the adapter sends the ``ResponseOutput/file`` of an output. If not,
  ///     files are read and sent as bytes.
  ///   - isolation: The caller's actor, on which the handler never runs.
  ///   - handler: The handler.
  /// - Returns: The outlet from which the adapter takes the response.
  public func start(
    for request: RequestMetadata,
    head: HTTPResponse = HTTPResponse(status: .ok),
    name: String,
    logger: Logger,
    takesFiles: Bool = false,
    isolation: (any Actor)? = #isolation,
    handler: @escaping @Sendable @concurrent (BufferedResponse) async throws -> Void
  ) -> ResponseOutlet {
    let mark = MiddlewareState.current
    var outlet = start(
      for: request.asReceived(by: mark), head: head, name: .text(name), logger: logger,
      takesFiles: takesFiles, isolation: isolation, handler: handler)
    outlet.mark = mark
    return outlet
  }

  /// Starts a handler as ``start(for:head:name:logger:takesFiles:isolation:handler:)`` does.
  ///
  /// - Parameters:
  ///   - request: The client's request.
  ///   - head: The initial head of the response.
  ///   - name: The handler's name in logs.
  ///   - logger: A logger with the request's metadata.
  ///   - takesFiles: Whether the adapter sends the ``ResponseOutput/file`` of an output.
  ///   - keepsConnection: Whether the connection waits for the handler, as it does for work that
  ///     the after-response service doesn't admit.
  ///   - isolation: The caller's actor.
  ///   - begin: A closure that receives the exchange before the handler runs, so that the adapter
  ///     can report the client's status.
  ///   - handler: The handler.
  /// - Returns: The outlet from which the adapter takes the response.
  package func start(
    for request: RequestMetadata,
    head: HTTPResponse,
    name: HandlerName,
    logger: Logger,
    takesFiles: Bool,
    keepsConnection: Bool = false,
    isolation: (any Actor)? = #isolation,
    begin: (ResponseExchange) -> Void = { _ in },
    handler: @escaping @Sendable @concurrent (BufferedResponse) async throws -> Void
  ) -> ResponseOutlet {
    let exchange = ResponseExchange(
      named: name, settings: settings, takesFiles: takesFiles, keepsConnection: keepsConnection,
      timeLimits: timeLimits, service: service)
    service.register(exchange)
    if let timeLimit = settings.timeLimit { exchange.setTimeLimit(timeLimit) }
    begin(exchange)
    // A handler must not run on the caller's actor or on an event loop.
    if isolation == nil, RunningTask.current != nil,
      #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *)
    {
      Task.immediate { [self] in
        await run(handler, for: request, head: head, exchange: exchange, logger: logger)
      }
    } else {
      Task { [self] in
        await run(handler, for: request, head: head, exchange: exchange, logger: logger)
      }
    }
    return ResponseOutlet(exchange)
  }

  // Concurrent, as handlers are, so that modules of either default isolation can be passed a
  // response that isn't `Sendable` and that this function uses again when they return.
  @concurrent
  private func run(
    _ handler: @escaping @Sendable @concurrent (BufferedResponse) async throws -> Void,
    for request: RequestMetadata,
    head: HTTPResponse,
    exchange: ResponseExchange,
    logger: Logger
  ) async {
    exchange.handlerStarted()
    let response = response(to: request, head: head, exchange: exchange, logger: logger)
    var failure: (any Error)?
    do {
      #if Tracing
        response.span = ResponseSpan(named: exchange.handlerName)
        if let span = response.span {
          try await span.run(handler, response)
        } else {
          try await handler(response)
        }
      #else
        try await handler(response)
      #endif
    } catch {
      failure = error
    }
    if await response.conclude(failure) { exchange.handlerEnded() }
  }

  // Inlined, the machine would take a kilobyte of the handler's frame while the handler waits.
  @inline(never)
  private func response(
    to request: RequestMetadata, head: HTTPResponse, exchange: ResponseExchange, logger: Logger
  ) -> BufferedResponse {
    let machine = ResponseMachine(request: request, head: head, settings: settings)
    return BufferedResponse(
      machine: machine, exchange: exchange, logger: logger, metrics: metrics)
  }
}

extension HTTPFields {
  /// The allowed trailer fields of a framework's route; logs the names of the forbidden ones (RFC
  /// 9110 §6.5.1).
  ///
  /// - Parameter logger: The logger for the names.
  /// - Returns: The fields to send; nil for none.
  package func trailers(loggingForbiddenBy logger: Logger) -> HTTPFields? {
    guard forbiddenTrailer != nil else { return self }
    let (allowed, forbidden) = splitTrailers
    logger.leftOut(trailers: forbidden)
    return allowed.isEmpty ? nil : allowed
  }
}

extension Logger {
  /// Logs the names of a route's trailer fields that were left out (RFC 9110 §6.5.1).
  package func leftOut(trailers names: [HTTPField.Name]) {
    guard !names.isEmpty else { return }
    let fields = names.map(\.rawName).joined(separator: ", ")
    debug("forbidden trailer fields were left out", metadata: ["fields": "\(fields)"])
  }
}
