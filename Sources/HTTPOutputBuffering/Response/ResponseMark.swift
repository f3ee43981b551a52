import Synchronization

/// What a middleware and the response that it wraps tell each other: what the client has sent, and that the
/// response has been through the machine already.
package final class ResponseMark: Sendable {
  @TaskLocal package static var current: ResponseMark?

  private let flag = Atomic(false)

  /// What guards the request's body, where the middleware does that.
  package let bodyGate: RequestBodyGate?
  /// The lines of `If-None-Match` as the client sent them, where a route sees others.
  package let ifNoneMatch: [String]?

  package init(bodyGate: RequestBodyGate? = nil, ifNoneMatch: [String]? = nil) {
    self.bodyGate = bodyGate
    self.ifNoneMatch = ifNoneMatch
  }

  package var isBuffered: Bool { flag.load(ordering: .acquiring) }

  package func markBuffered() {
    flag.store(true, ordering: .releasing)
  }
}
