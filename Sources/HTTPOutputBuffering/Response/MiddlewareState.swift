package import HTTPContentCoding
package import HTTPTypes
import Synchronization

/// The state that a middleware shares with the handlers it wraps.
///
/// It holds the client's original conditions, the mode of the route, and whether the response has
/// already been coded or buffered.
package final class MiddlewareState: Sendable {
  @TaskLocal package static var current: MiddlewareState?

  private let bufferedFlag = Atomic(false)
  private let codedFlag = Atomic(false)
  private let mode = Atomic<UInt8>(0)

  /// The guard of the request's body, if the middleware guards it.
  package let bodyGate: RequestBodyGate?
  /// The lines of `If-None-Match` as the client sent them, if the route sees others.
  package let ifNoneMatch: [String]?

  /// Whether a middleware takes the mark off the response; one that only sets a mode may not.
  package let takesMarks: Bool

  package init(
    bodyGate: RequestBodyGate? = nil, ifNoneMatch: [String]? = nil, takesMarks: Bool = true
  ) {
    self.bodyGate = bodyGate
    self.ifNoneMatch = ifNoneMatch
    self.takesMarks = takesMarks
  }

  /// Whether ``ResponseBuffering`` made the response.
  package var isBuffered: Bool { bufferedFlag.load(ordering: .acquiring) }

  package func markBuffered() {
    bufferedFlag.store(true, ordering: .releasing)
  }

  /// Whether an inner middleware has already decided about the response.
  package var isCoded: Bool { codedFlag.load(ordering: .acquiring) }

  package func markCoded() {
    codedFlag.store(true, ordering: .releasing)
  }

  /// The mode set for the route between the middleware and the response; nil for none.
  ///
  /// It is set on the way to the route, so the innermost value is the last one set.
  package var compressionMode: CompressionMode? {
    get { CompressionMode(number: mode.load(ordering: .acquiring)) }
    set { mode.store(newValue?.number ?? 0, ordering: .releasing) }
  }

  /// Exempts the response from coding if one with this mode was, since it may take that response's
  /// place and reflect the same secret.
  ///
  /// No other mode of an inner response concerns what takes its place.
  package func exempt(inPlaceOf mode: CompressionMode?) {
    if mode == .off { compressionMode = .off }
  }
}

extension HTTPField.Name {
  /// The field in which a framework's response carries its compression mode, or the mark of an inner
  /// decision, to the middleware.
  ///
  /// A framework's response type may have no place for them but its head. The middleware and the
  /// connection handlers remove the field, so that no client receives it.
  package static let compressionMode = HTTPField.Name("X-Output-Buffering-Compression-Mode")!
}
