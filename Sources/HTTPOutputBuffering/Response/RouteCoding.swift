public import HTTPContentCoding
public import HTTPTypes
public import Logging
import Synchronization

/// One request on its way through a middleware that codes what its route answers: what an adapter goes by for
/// the responses of a framework's own routes.
///
/// Make one for each request, and in the task that handles it
///
/// 1. give the route its own validators (`HTTPFields.restoreValidators(offering:)`), or it never answers 304 to
///    a client that has a coded response (RFC 9110 §13.1.2);
/// 2. call the route inside ``run(_:)``;
/// 3. ask ``commit(_:bodyByteCount:reading:)`` what becomes of its response, once, and do it.
///
/// Keep it for as long as the response is sent: it belongs to the responses that a shutdown waits for, and
/// breaks off after ``AfterResponseService/Settings/responseDeadline``.
///
/// A response that ``ResponseBuffering`` has made, or that another of these inside has decided about, is left
/// alone. A ``compressionMode(_:_:)`` around the route counts for both.
public final class RouteCoding: Sendable {
  /// What becomes of a route's response.
  ///
  /// There will be no other cases: an adapter has to handle each.
  public enum Outcome: Sendable {
    /// It is sent as the route has made it.
    case untouched
    /// Its body goes out as it is, with the passage's head. The adapter hands the body on itself: it counts what
    /// it sends by ``Passage/take(byteCount:)`` and ``Passage/finish()`` where the passage says how much that
    /// is, sends none where it says so, and calls ``checkShutdown()`` before each part. Where the framework
    /// would not end the message as it was committed, draw it from ``RouteCoding/content(of:reading:)``.
    case passes(Passage)
    /// Its body is drawn from the content, the head with it.
    case codes(RouteContent)
  }

  let buffering: ResponseBuffering
  let logger: Logger
  package let name: String
  private let request: RequestMetadata
  private let latencyBound: Duration
  private let mark: ResponseMark
  private let outerMark: ResponseMark?
  private let tracking = Atomic<UInt64>(0)
  private let isCutOff = Atomic(false)
  private let interruption = Mutex<(@Sendable () -> Void)?>(nil)

  init(
    _ buffering: ResponseBuffering, request: RequestMetadata, name: String,
    latencyBound: Duration, logger: Logger
  ) {
    let outerMark = ResponseMark.current
    let request = request.asReceived(by: outerMark)
    let conditions = RequestConditions(offering: buffering.settings.offered)
    let isRestored = request.ifNoneMatch.contains { conditions.restoredTags($0) != nil }
    self.buffering = buffering
    self.request = request
    self.name = name
    self.latencyBound = latencyBound
    self.logger = logger
    self.outerMark = outerMark
    self.mark = ResponseMark(
      ifNoneMatch: isRestored ? request.ifNoneMatch : outerMark?.ifNoneMatch)
    tracking.store(buffering.service.track(self), ordering: .relaxed)
  }

  deinit { buffering.service.untrack(tracking.load(ordering: .relaxed)) }

  /// Runs the route inside the middleware.
  ///
  /// - Parameter route: Answers the request, in the caller's task or in one that has its task-local values.
  /// - Returns: What the route returns.
  /// - Throws: What the route throws. Answer it as the framework does, or code that answer: ``commit(_:bodyByteCount:reading:)``
  ///   takes it as well.
  public func run<Response>(_ route: () async throws -> Response) async rethrows -> Response {
    let response = try await ResponseMark.$current.withValue(mark) { try await route() }
    if mark.isBuffered { outerMark?.markBuffered() }
    // The middleware around leaves to this one what it has seen.
    outerMark?.markCoded()
    return response
  }

  /// Runs a route whose responses have a mode, for whatever codes them around it or inside it; the innermost mode
  /// counts.
  ///
  /// - Parameters:
  ///   - mode: The mode.
  ///   - route: Answers a request.
  /// - Returns: What the route returns.
  /// - Throws: What the route throws.
  public static func compressionMode<Response>(
    _ mode: CompressionMode, _ route: () async throws -> Response
  ) async rethrows -> Response {
    let mark = ResponseMark.current ?? ResponseMark()
    mark.compressionMode = mode
    return try await ResponseMark.$current.withValue(mark) { try await route() }
  }

  /// Decides what becomes of the route's response; called once, when the route has returned.
  ///
  /// - Parameters:
  ///   - head: The head as the route has made it: see `HTTPResponse.init(sendable:reasonPhrase:fields:)`.
  ///   - bodyByteCount: The body's length in bytes, where the framework knows it; nil where it doesn't. A body of
  ///     another length breaks the message off.
  ///   - body: Reads the body where it is to be coded: see ``RouteContent/Body``.
  /// - Returns: What the adapter does with it.
  public func commit(
    _ head: HTTPResponse, bodyByteCount: Int?, reading body: @escaping RouteContent.Body
  ) -> Outcome {
    guard !mark.isBuffered, !mark.isCoded, head.isSendable else { return .untouched }
    var request = request
    request.compressionMode = mark.compressionMode
    var machine = ResponseMachine(request: request, head: head, settings: buffering.settings)
    // A route that answers HEAD as it does GET tells the length of GET by its body.
    let describesGET =
      request.method == .head && head.headerFields[.contentLength] == nil
      && bodyByteCount ?? 0 > 0
    if !describesGET, let passage = machine.passThrough(bodyByteCount: bodyByteCount) {
      buffering.record(machine, logger: logger)
      return .passes(passage)
    }
    return .codes(
      RouteContent(
        coding: self,
        coder: BodyCoder(
          machine: machine, bodyByteCount: bodyByteCount, delivery: .inPieces,
          latencyBound: latencyBound, at: .now),
        body: body))
  }

  /// The content of a response that passes as it is, for an adapter that can't hand the body on itself.
  ///
  /// - Parameters:
  ///   - passage: What ``commit(_:bodyByteCount:reading:)`` has answered.
  ///   - body: Reads the body.
  /// - Returns: The content, which is counted.
  public func content(
    of passage: Passage, reading body: @escaping RouteContent.Body
  ) -> RouteContent {
    RouteContent(coding: self, passage: passage, body: body)
  }

  /// What an adapter that hands a body on itself does before each part of it.
  ///
  /// - Throws: `CancellationError` once a shutdown has broken the response off.
  public func checkShutdown() throws {
    if isCutOff.load(ordering: .sequentiallyConsistent) { throw CancellationError() }
  }

  /// Names what ends the wait for the next part.
  func onCutOff(_ action: @escaping @Sendable () -> Void) {
    interruption.withLock { $0 = action }
    if isCutOff.load(ordering: .sequentiallyConsistent) { action() }
  }
}

extension RouteCoding: ServedResponse {
  /// For as long as it is kept.
  package var isUnderway: Bool { true }

  package func cutOff() -> Bool {
    isCutOff.store(true, ordering: .sequentiallyConsistent)
    interruption.withLock { $0 }?()
    return true
  }

  package func releaseConnection() {}
}

extension ResponseBuffering {
  /// Begins to code the response of a framework's own route.
  ///
  /// - Parameters:
  ///   - request: The request as the client sent it.
  ///   - name: The response's name in logs: the request's method and path, without the query.
  ///   - latencyBound: How long bytes may wait in the encoder when nothing follows them.
  ///   - logger: Learns, at the level debug, why the response wasn't coded, and which trailer fields were left out.
  /// - Returns: What the middleware goes by.
  public func routeCoding(
    for request: RequestMetadata, name: String, latencyBound: Duration = .milliseconds(10),
    logger: Logger
  ) -> RouteCoding {
    RouteCoding(
      self, request: request, name: name, latencyBound: latencyBound, logger: logger)
  }
}
