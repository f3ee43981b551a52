#if Hummingbird
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import OutputBufferingNIO

  /// A request, and the state between it and its route.
  ///
  /// A reference: the memory of a connection's task is kept while the connection is idle, and would
  /// have room for all of this otherwise.
  final class ReceivedRequest: Sendable {
    let connection: HTTPServerConnection?
    /// The mark of an outer middleware.
    let outerMark: MiddlewareState?
    /// The mark for the route.
    let mark: MiddlewareState
    /// The guard of the request's body; nil if the server guards it, or if there is no body.
    let ownGate: RequestBodyGate?
    /// The request as the route sees it.
    let routed: Request
    private let head: HTTPRequest

    init(_ request: Request, _ buffering: ResponseBuffering) {
      let (connection, outerMark) = (HTTPServerConnection.current, MiddlewareState.current)
      let restored = buffering.restored(request.head)
      var routed = restored.map { Request(head: $0, body: request.body) } ?? request
      // A buffered server guards the body itself.
      let isGuardOurs =
        connection == nil && outerMark?.bodyGate == nil && request.head.mayHaveContent
      ownGate = isGuardOurs ? routed.guardBody(on: nil) : nil
      mark = MiddlewareState(
        bodyGate: ownGate ?? outerMark?.bodyGate,
        ifNoneMatch: outerMark?.ifNoneMatch
          ?? restored.map { _ in request.head.headerFields[values: .ifNoneMatch] })
      self.connection = connection
      self.outerMark = outerMark
      self.routed = routed
      self.head = request.head
    }

    /// The description of the client's request.
    var metadata: RequestMetadata {
      RequestMetadata(head, version: connection?.version ?? .http1_1).asReceived(by: outerMark)
    }
  }
#endif
