#if FlyingFox
  import FlyingFox
  import HTTPOutputBuffering
  import Synchronization

  /// A source that pulls the content of a route's response.
  final class CodedSource: OutputSource {
    private let content: RouteContent
    private let answersLastRequest: Bool
    /// FlyingFox writes the end, and drops the source then.
    private let isEndHandedOver = Atomic(false)

    init(_ content: RouteContent, answersLastRequest: Bool) {
      self.content = content
      self.answersLastRequest = answersLastRequest
    }

    deinit {
      if isEndHandedOver.load(ordering: .acquiring) { content.acknowledge() }
    }

    var isReleased: Bool { true }

    func handOverEnd() {
      isEndHandedOver.store(true, ordering: .releasing)
    }

    func ended() async { content.acknowledge() }

    /// Waits for the committed head and returns the response.
    ///
    /// - Parameter limit: The number of bytes of body that may be collected if its length has to be
    ///   known.
    /// - Returns: The response.
    /// - Throws: The error that occurred before anything was sent.
    func response(collectingUpTo limit: Int) async throws -> FlyingFox.HTTPResponse {
      while true {
        let output = try await next(reusing: [])
        guard let head = output.head else { continue }
        return try await FlyingFox.HTTPResponse(
          head, first: output, from: self, answersLastRequest: answersLastRequest,
          collectingUpTo: limit)
      }
    }

    func next(reusing storage: consuming ContiguousArray<UInt8>) async throws -> ResponseOutput {
      try await content.next()
    }
  }
#endif
