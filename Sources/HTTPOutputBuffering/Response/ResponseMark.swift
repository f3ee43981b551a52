import Synchronization

/// Tells a middleware that the response it is given has been through the machine already.
package final class ResponseMark: Sendable {
  @TaskLocal package static var current: ResponseMark?

  private let flag = Atomic(false)

  package init() {}

  package var isBuffered: Bool { flag.load(ordering: .acquiring) }

  package func markBuffered() {
    flag.store(true, ordering: .releasing)
  }
}
