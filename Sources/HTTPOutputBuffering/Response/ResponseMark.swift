package import HTTPContentCoding
import Synchronization

/// What a middleware and what it wraps tell each other: what the client has sent, what holds for the route,
/// and that the response has been through the machine already.
package final class ResponseMark: Sendable {
  @TaskLocal package static var current: ResponseMark?

  private let bufferedFlag = Atomic(false)
  private let codedFlag = Atomic(false)
  private let mode = Atomic<UInt8>(0)

  /// What guards the request's body, where the middleware does that.
  package let bodyGate: RequestBodyGate?
  /// The lines of `If-None-Match` as the client sent them, where a route sees others.
  package let ifNoneMatch: [String]?

  package init(bodyGate: RequestBodyGate? = nil, ifNoneMatch: [String]? = nil) {
    self.bodyGate = bodyGate
    self.ifNoneMatch = ifNoneMatch
  }

  /// Whether the response is one of ``ResponseBuffering``.
  package var isBuffered: Bool { bufferedFlag.load(ordering: .acquiring) }

  package func markBuffered() {
    bufferedFlag.store(true, ordering: .releasing)
  }

  /// Whether a middleware within has decided about the response.
  package var isCoded: Bool { codedFlag.load(ordering: .acquiring) }

  package func markCoded() {
    codedFlag.store(true, ordering: .releasing)
  }

  /// What was said for the route between the middleware and the response; nil for nothing.
  ///
  /// It is set on the way to the route, so the innermost value is the last one.
  package var compressionMode: CompressionMode? {
    get { CompressionMode(number: mode.load(ordering: .acquiring)) }
    set { mode.store(newValue?.number ?? 0, ordering: .releasing) }
  }
}
