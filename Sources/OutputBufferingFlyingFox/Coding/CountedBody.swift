#if FlyingFox
  import FlyingFox
  import FlyingSocks
  import HTTPOutputBuffering

  extension HTTPBodySequence {
    /// The body as it may pass: it keeps the length it was given, and is empty where nothing may follow.
    func content(of passage: Passage, in response: UnderwayResponse) -> HTTPBodySequence {
      switch passage.content {
      case .none, .tunnel: HTTPBodySequence()
      case .counted(let count):
        HTTPBodySequence(
          from: CountedBody(body: self, passage: passage, response: response), count: count)
      case .open where count == nil:
        HTTPBodySequence(from: OpenBody(body: self, response: response))
      case .open: self
      }
    }
  }

  /// A body that passes as it is, as long as it keeps the length it was given.
  private struct CountedBody: AsyncBufferedSequence {
    typealias Element = UInt8

    let body: HTTPBodySequence
    let passage: Passage
    let response: UnderwayResponse

    func makeAsyncIterator() -> Iterator {
      Iterator(body: body.makeAsyncIterator(), passage: passage, response: response)
    }

    struct Iterator: AsyncBufferedIteratorProtocol {
      var body: HTTPBodySequence.Iterator
      var passage: Passage
      private let response: UnderwayResponse
      /// What is left of a buffer, where single bytes are asked for.
      private var first: HTTPBodySequence.Element?

      init(body: HTTPBodySequence.Iterator, passage: Passage, response: UnderwayResponse) {
        self.body = body
        self.passage = passage
        self.response = response
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
          try passage.finish()
          return nil
        }
        try response.check()
        try passage.take(byteCount: buffer.count)
        return buffer
      }
    }
  }
#endif
