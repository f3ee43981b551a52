#if Hummingbird
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import NIOCore
  import OutputBufferingNIO

  /// A request's body that can be read once, until its response ends, and that reports truncation.
  ///
  /// It reads from the stream of the connection's messages, which Hummingbird continues to read
  /// when the response has ended: a second reader traps there.
  struct GuardedRequestBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let base: RequestBody
    let gate: RequestBodyGate
    /// The connection; nil on a server without this library's handler.
    let connection: HTTPServerConnection?
    /// The length that the request declares.
    let byteCount: Int?

    func makeAsyncIterator() -> AsyncIterator {
      do throws(ResponseError) {
        try gate.claim()
        return AsyncIterator(body: self, base: base.makeAsyncIterator())
      } catch {
        return AsyncIterator(body: self, failure: error)
      }
    }

    struct AsyncIterator: AsyncIteratorProtocol {
      let body: GuardedRequestBody
      /// The base iterator; nil when no more bytes follow.
      var base: RequestBody.AsyncIterator?
      var failure: ResponseError?
      private var receivedByteCount = 0

      init(
        body: GuardedRequestBody, base: RequestBody.AsyncIterator? = nil,
        failure: ResponseError? = nil
      ) {
        self.body = body
        self.base = base
        self.failure = failure
      }

      @concurrent
      mutating func next() async throws -> ByteBuffer? {
        if let failure = failure.take() { throw failure }
        guard base != nil else { return nil }
        do {
          try body.gate.beginRead()
          defer { body.gate.endRead() }
          body.connection?.sendContinueToServed()
          if let bytes = try await base?.next() {
            receivedByteCount += bytes.readableBytes
            return bytes
          }
        } catch {
          base = nil
          throw error
        }
        base = nil
        guard isWhole else { throw ChannelError.inputClosed }
        return nil
      }

      /// Whether the body is complete; Hummingbird takes the end of the stream for the end of its
      /// request.
      private var isWhole: Bool {
        if let connection = body.connection { return connection.hasReceivedRequest }
        return body.byteCount.map { receivedByteCount >= $0 } ?? true
      }
    }
  }

  extension Request {
    /// Guards the body on a buffered server.
    ///
    /// - Returns: The gate to close when the response has ended; nil if there is no body to read.
    mutating func guardBody(of connection: HTTPServerConnection) -> RequestBodyGate? {
      guard connection.version == .http2 || head.hasContent else {
        // An empty buffer can be read at any time and repeatedly; the server reads the rest of the
        // stream.
        body = RequestBody(buffer: ByteBuffer())
        return nil
      }
      let gate = guardBody(on: connection)
      connection.bodyGate = gate
      return gate
    }

    /// Guards the body.
    ///
    /// - Parameter connection: The connection; nil on a server without this library's handler.
    /// - Returns: The gate to close when the response has ended.
    mutating func guardBody(on connection: HTTPServerConnection?) -> RequestBodyGate {
      let gate = RequestBodyGate()
      body = RequestBody(
        asyncSequence: GuardedRequestBody(
          base: body, gate: gate, connection: connection, byteCount: head.declaredByteCount))
      return gate
    }
  }

  extension HTTPRequest {
    /// Whether an HTTP/1 request has content (RFC 9112 §6.3).
    fileprivate var hasContent: Bool {
      headerFields.contains(.transferEncoding)
        || headerFields.contains(.contentLength) && headerFields[.contentLength] != "0"
    }

    /// Whether a handler may read content: that of GET and HEAD means nothing (RFC 9110 §9.3.1), unless
    /// it is announced.
    var mayHaveContent: Bool { hasContent || (method != .get && method != .head) }

    fileprivate var declaredByteCount: Int? {
      headerFields[.contentLength].flatMap { Int($0) }
    }
  }
#endif
