#if FlyingFox
  import FlyingFox
  import FlyingSocks
  import HTTPOutputBuffering
  import Synchronization

  /// The content of a response, which FlyingFox pulls: requesting a buffer means that the last one
  /// is written.
  struct ResponseBody: AsyncBufferedSequence {
    typealias Element = UInt8

    /// The number of bytes that FlyingFox requests at a time, so that an output of usual size is
    /// one buffer, one chunk, and one write.
    static let bufferSize = 256 * 1024

    let source: any OutputSource
    let framing: MessageFraming
    var first: ResponseOutput
    /// Whether FlyingFox closes the connection itself, after the last request.
    let answersLastRequest: Bool
    /// Whether an error has to close the connection after the end, whatever the output says.
    var closesConnection = false

    init(
      source: some OutputSource, framing: MessageFraming, first: ResponseOutput,
      answersLastRequest: Bool
    ) {
      self.source = source
      self.framing = framing
      self.first = first
      self.answersLastRequest = answersLastRequest
    }

    func makeAsyncIterator() -> Iterator {
      Iterator(body: self)
    }
  }

  extension ResponseBody {
    struct Iterator: AsyncBufferedIteratorProtocol {
      private let body: ResponseBody
      private var output: ResponseOutput
      private var position = 0
      private var isLastChunkWritten = false

      init(body: ResponseBody) {
        self.body = body
        self.output = body.first
      }

      mutating func next() async throws -> UInt8? {
        try await nextBuffer(suggested: 1)?.first
      }

      mutating func nextBuffer(suggested count: Int) async throws -> ArraySlice<UInt8>? {
        if isLastChunkWritten {
          await body.source.ended()
          throw ConnectionClosed()
        }
        while position == output.body.count {
          if output.end != nil { return try await end() }
          var storage: ContiguousArray<UInt8> = []
          swap(&storage, &output.body)
          position = 0
          output = try await body.source.next(reusing: storage)
        }
        let end = Swift.min(position + Swift.max(count, 1), output.body.count)
        defer { position = end }
        return output.body[position..<end]
      }

      /// Ends the body, and closes the connection if that is due.
      ///
      /// FlyingFox serves the next request after a nil buffer, if the client hasn't asked for the
      /// close, and closes the connection after an error. A handler that collects the body gets the
      /// error too, so it is the last resort.
      private mutating func end() async throws -> ArraySlice<UInt8>? {
        if case .aborted = output.end { throw CancellationError() }
        let closesConnection =
          body.closesConnection || (output.closesConnection && !body.answersLastRequest)
        if body.framing == .chunked {
          guard closesConnection || !body.source.isReleased else {
            body.source.handOverEnd()
            return nil
          }
          // An empty chunk is the last one (RFC 9112 §7.1). Unlike after the one that FlyingFox
          // writes itself, the iterator is called again after it. Only the close may follow.
          isLastChunkWritten = true
          return []
        }
        await body.source.ended()
        if closesConnection { throw ConnectionClosed() }
        return nil
      }
    }
  }

  /// An error that makes FlyingFox close a connection whose response is complete.
  private struct ConnectionClosed: Error, CustomStringConvertible {
    var description: String { "the connection is closed after its last response" }
  }
#endif
