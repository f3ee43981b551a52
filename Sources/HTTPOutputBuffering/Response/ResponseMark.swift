import Synchronization

/// Tells a middleware that the response it is given has been through the machine already.
package final class ResponseMark: Sendable {
  @TaskLocal package static var current: ResponseMark?

  private let flag = Atomic(false)

  /// What guards the request's body, where the middleware does that.
  package let bodyGate: RequestBodyGate?

  package init(bodyGate: RequestBodyGate? = nil) {
    self.bodyGate = bodyGate
  }

  package var isBuffered: Bool { flag.load(ordering: .acquiring) }

  package func markBuffered() {
    flag.store(true, ordering: .releasing)
  }
}
