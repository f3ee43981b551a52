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
    /// The head as the client sent it; nil if the route sees the same.
    private let sentHead: HTTPRequest?

    init(_ request: borrowing Request, _ buffering: ResponseBuffering) {
      let (connection, outerMark) = (HTTPServerConnection.current, MiddlewareState.current)
      var routed = copy request
      var sentHead: HTTPRequest?
      if let restored = buffering.restored(routed.head) {
        sentHead = routed.head
        routed = Request(head: restored, body: routed.body)
      }
      // A buffered server guards the body itself. The stream of a request without content traps on
      // two readers as well.
      let isGuardOurs = connection == nil && outerMark?.bodyGate == nil
      ownGate = isGuardOurs ? routed.guardBody(on: nil) : nil
      mark = MiddlewareState(
        bodyGate: ownGate ?? outerMark?.bodyGate,
        ifNoneMatch: outerMark?.ifNoneMatch
          ?? sentHead.map { $0.headerFields[values: .ifNoneMatch] })
      self.connection = connection
      self.outerMark = outerMark
      self.routed = consume routed
      self.sentHead = sentHead
    }

    var isHead: Bool { routed.method == .head }

    /// The description of the client's request.
    var metadata: RequestMetadata {
      RequestMetadata(sentHead ?? routed.head, version: connection?.version ?? .http1_1)
        .asReceived(by: outerMark)
    }
  }
#endif
