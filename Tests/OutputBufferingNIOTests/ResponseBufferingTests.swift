#if NIO
  import GzipContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import NIOCore
  import NIOHTTP1
  import NIOHTTPTypes
  import NIOHTTPTypesHTTP1
  import NIOPosix
  import OutputBufferingNIO
  import Synchronization
  import Testing

  /// Handlers on NIO's asynchronous channels, over a real socket.
  @Suite(.timeLimit(.minutes(1))) struct ResponseBufferingTests {
    @Test func `A request that is answered by other means doesn't shift later ones`()
      async throws
    {
      let buffering = ResponseBuffering(
        settings: .init(codings: [.gzip()], allowsHalfClosedClients: true))
      try await withAsyncServer { request, connection, outbound in
        guard request.path != "/plain" else {
          return try await outbound.write(
            contentsOf: [.head(HTTPResponse(status: .noContent)), .end(nil)])
        }
        try await buffering.respond(
          to: request, on: connection, outbound: outbound, head: .html()
        ) { response in
          try await response.write(HTTPResponseCodingHandlerTests.page)
          // For HTTP/1.0 it isn't coded; the version must be that of this request.
          try await response.flush()
        }
      } _: { port in
        let plain = get().replacing("GET / ", with: "GET /plain ")
        let received = try await exchange(port, plain + get(version: "1.0"))
        #expect(received.text.hasSuffix(HTTPResponseCodingHandlerTests.page))
      }
    }

    @Test func `A request is answered once`() async throws {
      let buffering = ResponseBuffering(settings: .init(codings: [], allowsHalfClosedClients: true))
      let codes = AsyncStream.makeStream(of: ResponseError.Code?.self)
      try await withAsyncServer { request, connection, outbound in
        for text in ["first", "second"] {
          do {
            try await buffering.respond(
              to: request, on: connection, outbound: outbound, head: .html()
            ) { try await $0.write(text) }
          } catch {
            codes.continuation.yield((error as? ResponseError)?.code)
            throw error
          }
        }
      } _: { port in
        let received = try await exchange(port, get())
        #expect(received.text.hasSuffix("first"))
        for await code in codes.stream {
          #expect(code == .ended)
          break
        }
      }
    }

    @Test func `finish() returns when the end is in the socket, not when NIO's writer has it`()
      async throws
    {
      let buffering = ResponseBuffering(settings: .init(codings: [], allowsHalfClosedClients: true))
      let gate = Gate()
      let events = Mutex<[String]>([])
      let responded = AsyncStream.makeStream(of: Void.self)
      try await withAsyncServer(below: { gate.makeHandler() }) { request, connection, outbound in
        try await buffering.respond(
          to: request, on: connection, outbound: outbound, head: .html()
        ) { response in
          try await response.write("tiny")
          try await response.finish(.close)
          events.withLock { $0.append("finished") }
        }
        events.withLock { $0.append("responded") }
        responded.continuation.finish()
      } _: { port in
        async let received = exchange(port, get())
        await gate.isReached()
        // NIO's writer has received everything.
        for await _ in responded.stream {}
        events.withLock { $0.append("opened") }
        gate.open()
        let text = try await received.text
        #expect(text.hasSuffix("tiny"))
        await buffering.service.drain()
        #expect(events.withLock { $0 } == ["responded", "opened", "finished"])
      }
    }

    @Test func `A handler that works on after its time limit keeps the connection`()
      async throws
    {
      let buffering = ResponseBuffering(
        settings: .init(codings: [], allowsHalfClosedClients: true, timeLimit: .milliseconds(1)),
        service: AfterResponseService(settings: .init(maximumReleasedHandlers: 0)))
      let events = Mutex<[String]>([])
      let answered = AsyncStream.makeStream(of: Void.self)
      try await withAsyncServer { request, connection, outbound in
        guard request.path != "/other" else {
          let head = HTTPResponse(status: .noContent, headerFields: [.connection: "close"])
          return try await outbound.write(contentsOf: [.head(head), .end(nil)])
        }
        try await buffering.respond(
          to: request, on: connection, outbound: outbound, head: .html()
        ) { response in
          // It ignores its cancellation.
          await Task { for await _ in answered.stream {} }.value
          events.withLock { $0.append("handler") }
        }
        events.withLock { $0.append("connection") }
        connection.channel.close(promise: nil)
      } _: { port in
        let bytes = try await exchange(port, get()) { received in
          guard received.text.hasPrefix("HTTP/1.1 503 ") else { return }
          // Other requests are served meanwhile.
          for _ in 0..<10 {
            let other = try? await exchange(port, get().replacing("GET / ", with: "GET /other "))
            #expect(other?.text.hasPrefix("HTTP/1.1 204 ") == true)
          }
          answered.continuation.finish()
        }
        #expect(bytes.text.hasPrefix("HTTP/1.1 503 "))
        #expect(events.withLock { $0 } == ["handler", "connection"])
      }
    }

    @Test func `A handler that isn't admitted keeps a connection that is to be closed`()
      async throws
    {
      let buffering = ResponseBuffering(
        settings: .init(codings: [], allowsHalfClosedClients: true),
        service: AfterResponseService(settings: .init(maximumReleasedHandlers: 0)))
      let opened = AsyncStream.makeStream(of: Void.self)
      let closed = Flag()
      try await withAsyncServer { request, connection, outbound in
        try await buffering.respond(
          to: request, on: connection, outbound: outbound, head: .html()
        ) { response in
          try await response.write("tiny")
          try await response.finish(.close)
          guard request.path != "/other" else { return }
          for await _ in opened.stream {}
        }
      } _: { port in
        let whole = AsyncStream.makeStream(of: Void.self)
        async let kept = {
          let received = try await exchange(port, get()) { received in
            if received.text.hasSuffix("tiny") { whole.continuation.finish() }
          }
          closed.set()
          return received
        }()
        for await _ in whole.stream {}
        for _ in 0..<10 {
          let other = try await exchange(port, get().replacing("GET / ", with: "GET /other "))
          #expect(other.text.hasSuffix("tiny"))
        }
        #expect(!closed.isSet)
        opened.continuation.finish()
        #expect(try await kept.text.hasSuffix("tiny"))
      }
    }
  }

  private final class Flag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .acquiring) }

    func set() { value.store(true, ordering: .releasing) }
  }
#endif
