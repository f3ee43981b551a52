#if FlyingFox
  import FlyingFox
  import FlyingSocks
  import HTTPOutputBuffering

  extension HTTPBodySequence {
    /// The body that may follow the head: one of the declared length, or an empty one if nothing
    /// may follow.
    func content(of uncoded: UncodedResponse, in coding: RouteCoding) -> HTTPBodySequence {
      switch uncoded.content {
      case .none, .tunnel: HTTPBodySequence()
      case .counted(let count):
        HTTPBodySequence(
          from: CountedBody(body: self, uncoded: uncoded, coding: coding), count: count)
      case .open where count == nil:
        HTTPBodySequence(from: OpenBody(body: self, coding: coding))
      case .open: self
      }
    }
  }

  /// A body that passes unchanged, and fails if it doesn't have its declared length.
  private struct CountedBody: AsyncBufferedSequence {
    typealias Element = UInt8

    let body: HTTPBodySequence
    let uncoded: UncodedResponse
    let coding: RouteCoding

    func makeAsyncIterator() -> Iterator {
      Iterator(body: body.makeAsyncIterator(), uncoded: uncoded, coding: coding)
    }

    struct Iterator: AsyncBufferedIteratorProtocol {
      var body: HTTPBodySequence.Iterator
      var uncoded: UncodedResponse
      private let coding: RouteCoding
      /// The rest of a buffer whose bytes are requested one by one.
      private var first: HTTPBodySequence.Element?

      init(body: HTTPBodySequence.Iterator, uncoded: UncodedResponse, coding: RouteCoding) {
        self.body = body
        self.uncoded = uncoded
        self.coding = coding
      }

      @concurrent
      mutating func next() async throws -> UInt8? {
        while first?.isEmpty ?? true {
          first = try await nextBuffer(suggested: 1)
          guard first != nil else { return nil }
        }
        return first?.popFirst()
      }

      @concurrent
      mutating func nextBuffer(suggested count: Int) async throws -> HTTPBodySequence.Element? {
        if let rest = first.take(), !rest.isEmpty { return rest }
        guard let buffer = try await body.next() else {
          try uncoded.finish()
          return nil
        }
        try coding.checkShutdown()
        try uncoded.take(byteCount: buffer.count)
        return buffer
      }
    }
  }
#endif
