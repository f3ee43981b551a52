#if Hummingbird
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import NIOCore
  import OutputBufferingHummingbird
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Synchronization
  import Testing

  extension SocketTests {
    /// Middleware around a route or around this package's middleware, as applications have it.
    @Suite struct OuterMiddlewareTests {
      typealias Context = TestServer.Context

      /// Works on after the route, as a session does that is saved.
      private struct Saving: RouterMiddleware {
        typealias Context = TestServer.Context

        let server: TestServer

        func handle(
          _ request: Request, context: Context,
          next: @concurrent (Request, Context) async throws -> Response
        ) async throws -> Response {
          let response = try await next(request, context)
          server.journal.note("saving")
          await server.gate.wait()
          server.journal.note(Task.isCancelled ? "cancelled" : "saved")
          return response
        }
      }

      private struct Retry: RouterMiddleware {
        typealias Context = TestServer.Context

        func handle(
          _ request: Request, context: Context,
          next: @concurrent (Request, Context) async throws -> Response
        ) async throws -> Response {
          let response = try await next(request, context)
          guard response.status == .serviceUnavailable else { return response }
          return try await next(request, context)
        }
      }

      private static let withoutMiddleware = TestServer.Options { $0.latencyBound = nil }

      /// Waits until the caller's task is cancelled.
      private static func cancelled() async {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        for await _ in stream {}
        continuation.finish()
      }

      /// A session that is saved, for one.
      @Test(arguments: ["identity", "gzip"], [bigText, "small"])
      func `a client that leaves doesn't stop what follows the route`(
        coding: String, page: String
      ) async throws {
        try await TestServer.run(Self.withoutMiddleware) { router, server in
          router.add(middleware: Saving(server: server))
          router.add(middleware: ContentCodingMiddleware(server.buffering))
          router.get("/") { _, _ in
            Response(
              status: .ok, headers: [.contentType: "text/html"],
              body: .init(byteBuffer: ByteBuffer(string: page)))
          }
        } _: { server in
          let client = try AsyncClient(port: server.port)
          try await client.get("/", "Accept-Encoding: \(coding)")
          try await server.journal.wait(for: "saving")
          try await client { $0.leave(.reset) }
          try await server.transport.wait(for: "inactive")
          server.gate.open()
          try await server.journal.wait(for: "saved")
        }
      }

      /// The ways in which a handler ends.
      enum Ending: CaseIterable {
        case finishes, returns, streams
      }

      @Test(arguments: Ending.allCases)
      func `the handler of a response that is replaced doesn't wait forever`(
        ending: Ending
      ) async throws {
        let calls = Atomic(0)
        try await TestServer.run(Self.withoutMiddleware) { router, server in
          router.add(middleware: Retry())
          server.handle(router, "/") { response in
            let number = calls.add(1, ordering: .relaxed).newValue
            if number == 1 { try response.updateHead { $0.status = .serviceUnavailable } }
            try response.atEnd { status in
              server.journal.note(number == 1 ? "1 ended" : "2 ended: \(status)")
            }
            try await response.write("answer \(number)")
            if ending == .streams { try await response.flush() }
            if ending == .finishes { try await response.finish() }
          }
          server.handle(router, "/next") { try await $0.write("next") }
        } _: { server in
          let texts = try await server.client { client in
            [try client.exchange("/").text, try client.exchange("/next").text]
          }
          #expect(texts == ["answer 2", "next"])
          try await server.journal.wait(for: "1 ended")
          try await server.journal.wait(for: "2 ended: finished")
        }
      }

      /// Collects the body of a response.
      final class Collector: ResponseBodyWriter, Sendable {
        private let bytes = Mutex(ByteBuffer())

        func write(_ buffer: ByteBuffer) async throws {
          bytes.withLock { _ = $0.writeImmutableBuffer(buffer) }
        }

        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}

        static func text(of response: Response) async throws -> String {
          let collector = Collector()
          try await response.body.write(collector)
          return collector.bytes.withLock { String(buffer: $0) }
        }
      }

      @Test(arguments: Ending.allCases, [false, true])
      func `a route answers with what several handlers answer`(
        ending: Ending, isAtOnce: Bool
      ) async throws {
        try await TestServer.run(Self.withoutMiddleware) { router, server in
          router.get("/") { request, context in
            @Sendable func text(of name: String) async throws -> String {
              let response = try await server.buffering.response(to: request, context: context) {
                try await $0.write(name)
                if ending == .streams { try await $0.flush() }
                try await $0.write(name)
                if ending == .finishes { try await $0.finish() }
              }
              return try await Collector.text(of: response)
            }
            if isAtOnce {
              async let texts = (text(of: "a"), text(of: "b"))
              return try await texts.0 + texts.1
            }
            return try await text(of: "a") + text(of: "b")
          }
        } _: { server in
          let texts = try await server.client { client in
            [try client.exchange("/").text, try client.exchange("/").text]
          }
          #expect(texts == ["aabb", "aabb"])
        }
      }

      @Test func `a handler includes what another one answers`() async throws {
        try await TestServer.run(Self.withoutMiddleware) { router, server in
          router.get("/") { request, context in
            try await server.buffering.response(to: request, context: context) { response in
              try response.atEnd { server.journal.note("outer ended: \($0)") }
              try await response.write("outer ")
              let inner = try await server.buffering.response(to: request, context: context) {
                try await $0.write("inner")
              }
              try await response.write(Collector.text(of: inner))
              try await response.write(" outer")
            }
          }
        } _: { server in
          let response = try await server.client { try $0.exchange("/") }
          #expect(response.text == "outer inner outer")
          try await server.journal.wait(for: "outer ended: finished")
        }
      }

      @Test(arguments: [1, 2])
      func `a page in place of a buffered response is coded as any other`(
        middlewareCount: Int
      ) async throws {
        try await TestServer.run(Self.withoutMiddleware) { router, server in
          for _ in 0..<middlewareCount {
            router.add(middleware: ContentCodingMiddleware(server.buffering))
          }
          router.get("/dropped") { request, context in
            _ = try await server.buffering.response(to: request, context: context) {
              try await $0.write("dropped")
            }
            return Response(
              status: .ok, headers: [.contentType: "text/html"],
              body: .init(byteBuffer: ByteBuffer(string: bigText)))
          }
          server.handle(router, "/buffered") { response in
            response.compressionMode = .off
            try await response.write(bigText)
          }
        } _: { server in
          let responses = try await server.client {
            [try $0.gzipped("/dropped"), try $0.gzipped("/buffered")]
          }
          #expect(responses.map { $0["content-encoding"] } == ["gzip", nil])
          #expect(responses.map(\.text) == [bigText, bigText])
          #expect(responses.allSatisfy { $0["x-output-buffering-compression-mode"] == nil })
        }
      }

      /// Writes one response into two collectors at once, as a cache that shares a flight may.
      @Test func `a coded stream is written once`() async throws {
        struct Twice: RouterMiddleware {
          typealias Context = TestServer.Context
          let server: TestServer

          func handle(
            _ request: Request, context: Context,
            next: @concurrent (Request, Context) async throws -> Response
          ) async throws -> Response {
            let response = try await next(request, context)
            server.gate.open()
            let failures = try await withThrowingTaskGroup(of: Bool.self) { group in
              for _ in 0..<2 {
                group.addTask {
                  do {
                    try await response.body.write(Collector())
                    return false
                  } catch let error as ResponseError {
                    return error.code == .ended
                  }
                }
              }
              return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            return Response(status: .ok, body: .init(byteBuffer: ByteBuffer(string: "\(failures)")))
          }
        }
        try await TestServer.run(Self.withoutMiddleware) { router, server in
          router.add(middleware: Twice(server: server))
          router.add(middleware: ContentCodingMiddleware(server.buffering))
          router.get("/") { _, _ in
            Response(
              status: .ok, headers: [.contentType: "text/html"],
              body: ResponseBody { writer in
                try await writer.write(ByteBuffer(string: bigText))
                await server.gate.wait()
                for _ in 0..<4 { try await writer.write(ByteBuffer(string: bigText)) }
                try await writer.finish(nil)
              })
          }
        } _: { server in
          let response = try await server.client { try $0.gzipped("/") }
          #expect(response.text == "1")
        }
      }

      @Test(arguments: ["/end", "/bytes"])
      func `what a route writes after its end isn't sent`(path: String) async throws {
        try await TestServer.run(Self.withoutMiddleware) { router, server in
          router.get("/next") { _, _ in "next" }
          router.get("{path}") { request, _ in
            Response(
              status: .ok,
              body: ResponseBody { writer in
                try await writer.write(ByteBuffer(string: "whole"))
                try await writer.finish(nil)
                await server.gate.wait()
                if request.uri.path == "/bytes" {
                  try await writer.write(ByteBuffer(string: "HTTP/1.1 200 OK\r\n"))
                } else {
                  try await writer.finish(nil)
                }
              })
          }
        } _: { server in
          let texts = try await server.client { client in
            let first = try client.exchange(path).text
            try client.send(HTTP1Connection.request("/next"))
            _ = try client.isQuiet(for: .milliseconds(50))
            server.gate.open()
            return [first, try client.readResponse().text, try client.exchange("/next").text]
          }
          #expect(texts == ["whole", "next", "next"])
        }
      }

      @Test func `a time limit around a handler answers in its place`() async throws {
        try await TestServer.run(Self.withoutMiddleware) { router, server in
          router.get("/next") { _, _ in "next" }
          router.get("/") { request, context in
            try await withThrowingTaskGroup(of: Response?.self) { group in
              group.addTask {
                try await server.buffering.response(to: request, context: context) { _ in
                  server.journal.note("begun")
                  await Self.cancelled()
                  try Task.checkCancellation()
                }
              }
              group.addTask {
                try await server.journal.wait(for: "begun")
                return nil
              }
              let first = try await group.next()
              group.cancelAll()
              return first.flatMap(\.self) ?? Response(status: .gatewayTimeout)
            }
          }
        } _: { server in
          let responses = try await server.client { client in
            [try client.exchange("/"), try client.exchange("/next")]
          }
          #expect(responses.map(\.status) == [504, 200])
        }
      }

      /// It counts as having left: an error response would tell it that the server failed.
      @Test func `a client that leaves before the head of a coded stream gets no answer`()
        async throws
      {
        try await TestServer.run(Self.withoutMiddleware) { router, server in
          router.add(middleware: ContentCodingMiddleware(server.buffering))
          router.get("/") { _, _ in
            Response(
              status: .ok, headers: [.contentType: "text/html"],
              body: ResponseBody { writer in
                server.journal.note("begun")
                await Self.cancelled()
                try Task.checkCancellation()
                try await writer.finish(nil)
              })
          }
        } _: { server in
          let client = try AsyncClient(port: server.port)
          try await client.get("/", "Accept-Encoding: gzip")
          try await server.journal.wait(for: "begun")
          try await client { $0.leave(.halfClose) }
          #expect(try await client.waitForEnd())
        }
      }
    }
  }
#endif
