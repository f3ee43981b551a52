public import HTTPTypes
public import Logging
import Metrics
import OutputBuffering
import Synchronization

/// The engine that runs handlers with a ``BufferedResponse``: what an application makes once and what an
/// adapter drives.
public final class ResponseBuffering: Sendable {
  /// What happens to a response whose handler could not go on after its end.
  public enum Admission: Sendable, Hashable {
    /// The handler keeps its connection until it is done.
    case keepsConnection
    /// New responses are answered with 503 while the after-response service is full or draining.
    case refuses
  }

  /// The settings of all responses of one engine.
  public struct Settings: Sendable {
    /// What is coded and how much is held.
    public var response: ResponseSettings
    /// Whether a disconnect leaves handlers alone, where they don't say otherwise.
    public var ignoresDisconnect: Bool
    /// Whether a client that closes its sending side is still there.
    ///
    /// By default it counts as having left, as in Go, nginx and Node.
    public var allowsHalfClosedClients: Bool
    /// The time limit of a handler by the wall clock, where it doesn't set one; nil for none.
    public var timeLimit: Duration?
    /// How long a client may take nothing of what is due to it; nil for ever.
    ///
    /// After that it counts as gone: the response is broken off, its handler's task is cancelled and sees
    /// ``ConnectionStatus/aborted``, as far as it doesn't ignore disconnects. A client that takes
    /// something, however slowly, isn't cut off as far as that can be seen: its system tells of what was
    /// read when a good part of its receive buffer is free (RFC 9293 §3.8.6.2.2), on Linux a sixteenth, up to
    /// hundreds of kilobytes. Set a longer limit where clients are slower than that within it. As nginx's `send_timeout` it isn't the time of a whole
    /// response, and a handler that has nothing to send isn't meant: see ``timeLimit``. The adapter's page
    /// says which responses it covers.
    public var stallLimit: Duration?
    /// What happens while the after-response service is full or draining.
    public var admission: Admission

    /// Makes settings.
    ///
    /// - Parameters:
    ///   - response: What is coded and how much is held.
    ///   - ignoresDisconnect: Whether a disconnect leaves handlers alone.
    ///   - allowsHalfClosedClients: Whether a client that closes its sending side is still there.
    ///   - timeLimit: The time limit of a handler; nil for none.
    ///   - stallLimit: How long a client may take nothing of what is due to it; nil for ever.
    ///   - admission: What happens while the after-response service is full or draining.
    public init(
      response: ResponseSettings = ResponseSettings(),
      ignoresDisconnect: Bool = false,
      allowsHalfClosedClients: Bool = false,
      timeLimit: Duration? = nil,
      stallLimit: Duration? = .seconds(60),
      admission: Admission = .keepsConnection
    ) {
      self.response = response
      self.ignoresDisconnect = ignoresDisconnect
      self.allowsHalfClosedClients = allowsHalfClosedClients
      self.timeLimit = timeLimit
      self.stallLimit = stallLimit
      self.admission = admission
    }
  }

  /// The settings of all responses.
  public let settings: Settings
  /// The owner of handlers; as a service of the application it drains at shutdown.
  public let service: AfterResponseService
  let metrics = ResponseMetrics()
  private let timeLimits = TimeLimits()

  /// Makes an engine.
  ///
  /// - Parameters:
  ///   - settings: The settings of all responses.
  ///   - service: The owner of handlers.
  public init(
    settings: Settings = Settings(), service: AfterResponseService = AfterResponseService()
  ) {
    self.settings = settings
    self.service = service
  }

  /// Whether new responses are to be answered with 503: see ``Settings/admission``.
  public var refusesResponses: Bool { settings.admission == .refuses && service.isExhausted }

  /// Counts a response that an adapter has put through a machine of its own.
  ///
  /// - Parameters:
  ///   - machine: The machine, as it was last.
  ///   - isWhole: Whether the transport has taken the end of the message.
  ///   - logger: Learns, at the level debug, why the response wasn't coded, and what has been left out.
  package func record(
    _ machine: borrowing ResponseMachine, isWhole: Bool = true, logger: Logger
  ) {
    logger.explain(machine.decision)
    logger.leftOut(trailers: machine.droppedTrailers)
    metrics.sent(machine.byteCountOut)
    metrics.ended(machine, isWhole ? .finished : .aborted)
  }

  /// Starts a handler in a task of its own, which the service owns.
  ///
  /// The handler isn't a child of the task that the server waits for: that is what lets it outlive the
  /// response. It has the caller's task-local values. Called from a task that is isolated to no actor, it
  /// runs the handler up to where that suspends first, on systems that have `Task.immediate` (macOS 26, iOS
  /// 26, Linux); a handler that never suspends is done when this returns, and its response ready.
  ///
  /// - Parameters:
  ///   - request: What the client asked for.
  ///   - head: The head that the response begins with.
  ///   - name: The handler's name in logs, such as the request's method and path.
  ///   - logger: A logger with the request's metadata.
  ///   - isolation: The caller's actor, on which no part of the handler runs.
  ///   - handler: The handler.
  /// - Returns: Where the adapter takes the response.
  public func start(
    for request: RequestMetadata,
    head: HTTPResponse = HTTPResponse(status: .ok),
    name: String,
    logger: Logger,
    isolation: (any Actor)? = #isolation,
    handler: @escaping @Sendable @concurrent (BufferedResponse) async throws -> Void
  ) -> ResponseOutlet {
    start(
      for: request, head: head, name: .text(name), logger: logger, takesFiles: false,
      isolation: isolation, handler: handler)
  }

  /// Starts a handler as ``start(for:head:name:logger:isolation:handler:)`` does.
  ///
  /// - Parameters:
  ///   - request: What the client asked for.
  ///   - head: The head that the response begins with.
  ///   - name: The handler's name in logs.
  ///   - logger: A logger with the request's metadata.
  ///   - takesFiles: Whether the adapter sends the ``ResponseOutput/file`` of an output.
  ///   - keepsConnection: Whether the connection waits for the handler, as it does for work that the
  ///     after-response service doesn't admit.
  ///   - isolation: The caller's actor.
  ///   - begin: Gets the exchange before the handler runs, so that it can learn of its client.
  ///   - handler: The handler.
  /// - Returns: Where the adapter takes the response.
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
    // No handler runs on an actor that doesn't expect it, or on an event loop.
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

  // Concurrent, as handlers are: a response that isn't `Sendable` may then be passed to them, by modules
  // of either default, and is still ours when they return.
  @concurrent
  private func run(
    _ handler: @escaping @Sendable @concurrent (BufferedResponse) async throws -> Void,
    for request: RequestMetadata,
    head: HTTPResponse,
    exchange: ResponseExchange,
    logger: Logger
  ) async {
    exchange.handlerStarted()
    let machine = ResponseMachine(request: request, head: head, settings: settings.response)
    let response = BufferedResponse(
      machine: machine, exchange: exchange, logger: logger, metrics: metrics)
    var failure: (any Error)?
    do {
      try await handler(response)
    } catch {
      failure = error
    }
    if await response.conclude(failure) { exchange.handlerEnded() }
  }
}

extension HTTPFields {
  /// The trailer fields that a framework's route has written, without those that can't be any
  /// (RFC 9110 §6.5.1), whose names are logged.
  ///
  /// - Parameter logger: Gets the names.
  /// - Returns: What is sent; nil for nothing.
  package func trailers(loggingForbiddenBy logger: Logger) -> HTTPFields? {
    guard forbiddenTrailer != nil else { return self }
    let (allowed, forbidden) = splitTrailers
    logger.leftOut(trailers: forbidden)
    return allowed.isEmpty ? nil : allowed
  }
}

extension Logger {
  /// Says which trailer fields of a framework's route were left out (RFC 9110 §6.5.1).
  package func leftOut(trailers names: [HTTPField.Name]) {
    guard !names.isEmpty else { return }
    let fields = names.map(\.rawName).joined(separator: ", ")
    debug("trailer fields that can't be any were left out", metadata: ["fields": "\(fields)"])
  }
}
