public import HTTPContentCoding
public import HTTPTypes
public import Logging
import Synchronization

/// The coding of one response of a framework's own route.
///
/// An adapter's middleware uses it to code responses that ``ResponseBuffering`` doesn't make.
///
/// Make one for each request, and in the task that handles the request:
///
/// 1. give the route its own validators (`HTTPFields.restoreValidators(offering:)`), since it would
///    otherwise never answer 304 to a client that has a coded response (RFC 9110 §13.1.2);
/// 2. call the route inside ``run(_:)``;
/// 3. call ``commit(_:isMarked:bodyByteCount:reading:)`` once, and send the response as it decides.
///
/// Keep the value until the response has been sent: it is one of the responses that a shutdown
/// waits for, and aborts after ``AfterResponseService/Settings/responseDeadline``.
///
/// A response that ``ResponseBuffering`` made, or about which an inner `RouteCoding` has decided,
/// passes unchanged. A ``compressionMode(_:unless:_:)`` around the route applies to both.
public final class RouteCoding: Sendable {
  /// How a route's response is sent.
  ///
  /// No cases will be added, so that an adapter can handle each of them.
  public enum Outcome: Sendable {
    /// The response is sent as the route made it.
    case untouched
    /// The body is sent unchanged, with the head of the ``UncodedResponse``.
    ///
    /// The adapter passes the body on itself, and calls ``checkShutdown()`` before each part. If the
    /// ``UncodedResponse/content`` is counted, the adapter counts what it sends with
    /// ``UncodedResponse/take(byteCount:)`` and ``UncodedResponse/finish()``; if it is none, the
    /// adapter sends none. If the framework wouldn't end the message as it was committed, the
    /// adapter takes the body from ``RouteCoding/content(of:reading:)``.
    case passes(UncodedResponse)
    /// The adapter takes head and body from the content.
    case codes(RouteContent)
  }

  let buffering: ResponseBuffering
  let logger: Logger
  package let name: String
  private let request: RequestMetadata
  private let latencyBound: Duration
  private let mark: MiddlewareState
  private let outerMark: MiddlewareState?
  private let isCutOff = Atomic(false)
  private let interruption = Mutex<(@Sendable () -> Void)?>(nil)

  init(
    _ buffering: ResponseBuffering, request: RequestMetadata, name: String,
    latencyBound: Duration, logger: Logger
  ) {
    let outerMark = MiddlewareState.current
    let request = request.asReceived(by: outerMark)
    let conditions = RequestConditions(offering: buffering.settings.offered)
    let isRestored = request.ifNoneMatch.contains { conditions.restoredTags($0) != nil }
    self.buffering = buffering
    self.request = request
    self.name = name
    self.latencyBound = latencyBound
    self.logger = logger
    self.outerMark = outerMark
    self.mark = MiddlewareState(
      ifNoneMatch: isRestored ? request.ifNoneMatch : outerMark?.ifNoneMatch)
    buffering.service.track(self)
  }

  deinit { buffering.service.untrack(ObjectIdentifier(self)) }

  /// Runs the route inside the middleware.
  ///
  /// - Parameter route: A closure that answers the request, in the caller's task or in one that has
  ///   its task-local values.
  /// - Returns: The route's result.
  /// - Throws: The route's error. Answer it as the framework does, or code that answer with
  ///   ``commit(_:isMarked:bodyByteCount:reading:)``.
  public func run<Response>(_ route: () async throws -> Response) async rethrows -> Response {
    defer { outerMark?.exempt(inPlaceOf: mark.compressionMode) }
    let response = try await MiddlewareState.$current.withValue(mark) { try await route() }
    if mark.isBuffered { outerMark?.markBuffered() }
    // An outer middleware leaves the response to this one.
    outerMark?.markCoded()
    return response
  }

  /// Runs a route whose responses have a compression mode.
  ///
  /// The mode applies to an outer coding, and to the responses of ``ResponseBuffering`` inside; the
  /// innermost mode counts.
  ///
  /// - Parameters:
  ///   - mode: The mode.
  ///   - leavesRequest: Returns whether an error of the route leaves the request to another route,
  ///     to which the mode doesn't apply.
  ///   - route: A closure that answers a request.
  /// - Returns: The route's result.
  /// - Throws: The route's error.
  public static func compressionMode<Response>(
    _ mode: CompressionMode, unless leavesRequest: (any Error) -> Bool = { _ in false },
    _ route: () async throws -> Response
  ) async rethrows -> Response {
    let mark = MiddlewareState.current ?? MiddlewareState(takesMarks: false)
    let outerMode = mark.compressionMode
    mark.compressionMode = mode
    do {
      return try await MiddlewareState.$current.withValue(mark) { try await route() }
    } catch {
      if leavesRequest(error) { mark.compressionMode = outerMode }
      throw error
    }
  }

  /// Whether a coding around the current task asks for marks: an adapter marks the responses of
  /// ``ResponseBuffering`` and of an inner `RouteCoding` then, for
  /// ``commit(_:isMarked:bodyByteCount:reading:)``.
  public static var takesMarks: Bool { MiddlewareState.current?.takesMarks == true }

  /// Decides how the route's response is sent; called once, when the route has returned.
  ///
  /// - Parameters:
  ///   - head: The head as the route made it: see
  ///     `HTTPResponse.init(sendable:reasonPhrase:fields:)`.
  ///   - isMarked: Whether this is a response that the adapter has marked, see ``takesMarks``; false
  ///     if another one may have taken its place. An adapter without marks leaves it true.
  ///   - bodyByteCount: The body's length in bytes, if the framework knows it; a body of another
  ///     length aborts the message.
  ///   - body: A closure that reads the body if it is coded: see ``RouteContent/Body``.
  /// - Returns: How the adapter sends the response.
  public func commit(
    _ head: HTTPResponse, isMarked: Bool = true, bodyByteCount: Int?,
    reading body: @escaping RouteContent.Body
  ) -> Outcome {
    let isDecided = isMarked && (mark.isBuffered || mark.isCoded)
    guard !isDecided, head.isSendable else { return .untouched }
    var request = request
    request.compressionMode = mark.compressionMode
    var machine = ResponseMachine(request: request, head: head, settings: buffering.settings)
    // A route that answers HEAD like GET states the length of GET by its body.
    let describesGET =
      request.method == .head && head.headerFields[.contentLength] == nil
      && bodyByteCount ?? 0 > 0
    if !describesGET, let uncoded = machine.passThrough(bodyByteCount: bodyByteCount) {
      buffering.record(machine, logger: logger)
      return .passes(uncoded)
    }
    return .codes(
      RouteContent(
        coding: self,
        coder: BodyCoder(
          machine: machine, bodyByteCount: bodyByteCount, delivery: .inPieces,
          latencyBound: latencyBound, at: .now),
        body: body))
  }

  /// Returns the content of an unchanged response, for an adapter that can't pass the body on
  /// itself.
  ///
  /// - Parameters:
  ///   - uncoded: The value that ``commit(_:isMarked:bodyByteCount:reading:)`` returned in
  ///     ``Outcome/passes(_:)``.
  ///   - body: A closure that reads the body.
  /// - Returns: The content, which is counted.
  public func content(
    of uncoded: UncodedResponse, reading body: @escaping RouteContent.Body
  ) -> RouteContent {
    RouteContent(coding: self, uncoded: uncoded, body: body)
  }

  /// Throws if a shutdown has aborted the response; an adapter that passes a body on itself calls
  /// it before each part.
  ///
  /// - Throws: `CancellationError` after a shutdown has aborted the response.
  public func checkShutdown() throws {
    if isCutOff.load(ordering: .sequentiallyConsistent) { throw CancellationError() }
  }

  /// Sets a closure that ends the wait for the next part.
  func onCutOff(_ action: @escaping @Sendable () -> Void) {
    interruption.withLock { $0 = action }
    if isCutOff.load(ordering: .sequentiallyConsistent) { action() }
  }
}

extension RouteCoding: ServedResponse {
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
  ///   - latencyBound: The maximum time for which bytes may wait in the encoder for more bytes.
  ///   - logger: The logger for the reason why the response wasn't coded, at debug level, and for
  ///     the trailer fields that were left out.
  /// - Returns: The coding of the response.
  public func routeCoding(
    for request: RequestMetadata, name: String, latencyBound: Duration = .milliseconds(10),
    logger: Logger
  ) -> RouteCoding {
    RouteCoding(
      self, request: request, name: name, latencyBound: latencyBound, logger: logger)
  }
}
