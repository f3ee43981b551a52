#if FlyingFox
  import FlyingFox
  import FlyingSocks
  import HTTPOutputBuffering

  /// A body of unknown length that passes unchanged until a shutdown cuts it off.
  struct OpenBody: AsyncBufferedSequence {
    typealias Element = UInt8

    let body: HTTPBodySequence
    let coding: RouteCoding

    func makeAsyncIterator() -> Iterator {
      Iterator(body: body.makeAsyncIterator(), coding: coding)
    }

    struct Iterator: AsyncBufferedIteratorProtocol {
      private var body: HTTPBodySequence.Iterator
      private let coding: RouteCoding
      /// The rest of a buffer whose bytes are requested one by one.
      private var first: ArraySlice<UInt8> = []

      init(body: HTTPBodySequence.Iterator, coding: RouteCoding) {
        self.body = body
        self.coding = coding
      }

      @concurrent
      mutating func next() async throws -> UInt8? {
        if first.isEmpty, let buffer = try await nextBuffer(suggested: 1) { first = buffer }
        return first.popFirst()
      }

      @concurrent
      mutating func nextBuffer(suggested count: Int) async throws -> ArraySlice<UInt8>? {
        while let buffer = try await body.next() {
          try coding.checkShutdown()
          let content = try ContiguousArray(buffer).contentOfChunk()
          if !content.isEmpty { return content }
        }
        return nil
      }
    }
  }

  extension ContiguousArray<UInt8> {
    /// The content of one chunk.
    ///
    /// A body without a count returns its buffers as FlyingFox sends them: each is one chunk,
    /// preceded by its size (RFC 9112 §7.1).
    func contentOfChunk() throws -> ArraySlice<UInt8> {
      guard let lineEnd = firstIndex(of: UInt8(ascii: "\r")),
        let size = Int(String(decoding: self[..<lineEnd], as: UTF8.self), radix: 16), size >= 0,
        // Line ends follow the size and the content.
        count - lineEnd - 4 == size
      else { throw NotAChunk() }
      return self[(lineEnd + 2)..<(count - 2)]
    }
  }

  /// The error of a body without a count that isn't in chunks, which FlyingFox couldn't have sent.
  private struct NotAChunk: Error {}
#endif
