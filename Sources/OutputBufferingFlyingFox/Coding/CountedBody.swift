#if FlyingFox
  import FlyingFox
  import FlyingSocks
  import Foundation
  import HTTPOutputBuffering

  /// A body that passes as it is, as long as it keeps the length it was given.
  struct CountedBody: AsyncBufferedSequence {
    typealias Element = UInt8

    let body: HTTPBodySequence
    let passage: Passage

    func makeAsyncIterator() -> Iterator {
      Iterator(body: body.makeAsyncIterator(), passage: passage)
    }

    struct Iterator: AsyncBufferedIteratorProtocol {
      var body: HTTPBodySequence.Iterator
      var passage: Passage
      /// What is left of a buffer, where single bytes are asked for.
      private var first = Data()

      init(body: HTTPBodySequence.Iterator, passage: Passage) {
        self.body = body
        self.passage = passage
      }

      @concurrent
      mutating func next() async throws -> UInt8? {
        while first.isEmpty {
          guard let buffer = try await nextBuffer(suggested: 1) else { return nil }
          first = buffer
        }
        return first.popFirst()
      }

      @concurrent
      mutating func nextBuffer(suggested count: Int) async throws -> Data? {
        if !first.isEmpty {
          defer { first = Data() }
          return first
        }
        guard let buffer = try await body.next() else {
          try passage.finish()
          return nil
        }
        try passage.take(byteCount: buffer.count)
        return buffer
      }
    }
  }
#endif
