#if Hummingbird
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import OutputBufferingNIO

  /// A request, and what is between it and its route.
  struct ReceivedRequest {
    let connection: HTTPServerConnection?
    /// What a middleware around has said.
    let outerMark: ResponseMark?
    /// What the route says.
    let mark: ResponseMark
    /// What guards the request's body; nil where the server does it, or there is none.
    let ownGate: RequestBodyGate?
    /// The request as the route sees it.
    let routed: Request
    private let head: HTTPRequest

    init(_ request: Request, _ buffering: ResponseBuffering) {
      let (connection, outerMark) = (HTTPServerConnection.current, ResponseMark.current)
      let restored = buffering.restored(request.head)
      var routed = restored.map { Request(head: $0, body: request.body) } ?? request
      // The server does it where it is one of ours.
      let isGuardOurs =
        connection == nil && outerMark?.bodyGate == nil && request.head.mayHaveContent
      ownGate = isGuardOurs ? routed.guardBody(on: nil) : nil
      mark = ResponseMark(
        bodyGate: ownGate ?? outerMark?.bodyGate,
        ifNoneMatch: outerMark?.ifNoneMatch
          ?? restored.map { _ in request.head.headerFields[values: .ifNoneMatch] })
      self.connection = connection
      self.outerMark = outerMark
      self.routed = routed
      self.head = request.head
    }

    /// What the client asked for.
    var metadata: RequestMetadata {
      RequestMetadata(head, version: connection?.version ?? .http1_1).asReceived(by: outerMark)
    }
  }
#endif
