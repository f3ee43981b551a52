#if Hummingbird
  import Foundation
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import NIOCore
  import OutputBufferingHummingbird
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing

  extension SocketTests {
    /// Bodies that routes write in many parts.
    @Suite struct StreamingMiddlewareTests {
      typealias Write =
        @Sendable @concurrent (inout any ResponseBodyWriter, TestServer) async throws -> Void
      struct Failure: Error {}

      static func run(
        type: String = "text/html", length: Int? = nil, _ write: @escaping Write,
        _ body: (TestServer) async throws -> Void
      ) async throws {
        try await TestServer.run { router, server in
          router.get("/") { _, _ in
            Response(
              status: .ok, headers: [.contentType: type],
              body: ResponseBody(contentLength: length) { try await write(&$0, server) })
          }
          router.get("/next") { _, _ in "next" }
        } _: { server in
          try await body(server)
        }
      }

      static func get(
        length: Int? = nil, _ write: @escaping Write
      ) async throws -> WireMessage {
        var response = WireMessage(method: "GET")
        try await run(length: length, write) { server in
          response = try await server.client { try $0.gzipped("/") }
        }
        return response
      }

      @Test(arguments: [nil, 62_000])
      func `a stream is coded, whatever it declares`(length: Int?) async throws {
        let response = try await Self.get(length: length) { writer, _ in
          for _ in 0..<10 { try await writer.write(ByteBuffer(string: bigText)) }
          try await writer.finish(nil)
        }
        #expect(response.isComplete && response["content-encoding"] == "gzip")
        #expect(response.text == String(repeating: bigText, count: 10))
      }

      @Test(arguments: ["gzip", "identity"])
      func `several tasks may write a stream`(coding: String) async throws {
        struct Copy: @unchecked Sendable {
          var writer: any ResponseBodyWriter
        }
        try await Self.run { writer, server in
          try await writer.write(ByteBuffer(string: "start\n"))
          let copy = Copy(writer: writer)
          try await withThrowingTaskGroup(of: Void.self) { group in
            for name in ["a", "b", "c"] {
              group.addTask {
                var writer = copy.writer
                for number in 0..<50 {
                  try await writer.write(ByteBuffer(string: "\(name)\(number)\n"))
                }
              }
            }
            try await group.waitForAll()
          }
          try await writer.finish(nil)
        } _: { server in
          let response = try await server.client {
            try $0.exchange("/", [("Accept-Encoding", coding)])
          }
          #expect(response.isComplete)
          #expect(Set(response.text.split(separator: "\n")).count == 151)
        }
      }

      @Test func `an asynchronous sequence is coded`() async throws {
        let response = try await Self.get { writer, _ in
          let buffers = AsyncStream { continuation in
            for _ in 0..<10 { continuation.yield(ByteBuffer(string: bigText)) }
            continuation.finish()
          }
          try await writer.write(buffers)
          try await writer.finish(nil)
        }
        #expect(response["content-encoding"] == "gzip")
        #expect(response.text == String(repeating: bigText, count: 10))
      }

      @Test func `trailers follow the last chunk`() async throws {
        for count in [1, 40] {
          let response = try await Self.get { writer, _ in
            for _ in 0..<count { try await writer.write(ByteBuffer(string: bigText)) }
            try await writer.finish([HTTPField.Name("X-Sum")!: "42"])
          }
          #expect(response.isComplete && response.framing == .chunked)
          #expect(response.trailers.map(\.text) == ["42"])
          #expect(response.text == String(repeating: bigText, count: count))
        }
      }

      @Test func `trailers of a body in one buffer follow it, coded or not`() async throws {
        for count in [1, 20] {
          let text = String(repeating: bigText, count: count)
          let response = try await Self.get(length: text.utf8.count) { writer, _ in
            try await writer.write(ByteBuffer(string: text))
            try await writer.finish([HTTPField.Name("X-Sum")!: "42"])
          }
          #expect(response.isComplete && response["content-encoding"] == "gzip")
          #expect(response.trailers.map(\.text) == ["42"])
          #expect(response.text == text)
        }
      }

      @Test func `a body in one buffer that has no end yet isn't held back`() async throws {
        try await Self.run(length: 6200) { writer, server in
          try await writer.write(ByteBuffer(string: bigText))
          try await server.journal.wait(for: "seen")
          try await writer.finish(nil)
        } _: { server in
          try await server.client { client in
            try client.send(HTTP1Connection.request("/", [("Accept-Encoding", "gzip")]))
            let response = try client.readResponse(until: { $0.text == bigText })
            server.journal.note("seen")
            try client.read(response)
            #expect(response.isComplete && response.text == bigText)
          }
        }
      }

      @Test(arguments: [6100, 6300])
      func `a body of another length than it said isn't whole`(length: Int) async throws {
        let response = try await Self.get(length: length) { writer, _ in
          try await writer.write(ByteBuffer(string: bigText))
          try await writer.finish(nil)
        }
        #expect(!response.isComplete || response.status == 500)
      }

      @Test(arguments: [12_300, 12_500])
      func `a streamed body of another length than it said breaks off`(length: Int) async throws {
        try await Self.run(length: length) { writer, server in
          try await writer.write(ByteBuffer(string: bigText))
          try await server.journal.wait(for: "seen")
          try await writer.write(ByteBuffer(string: bigText))
          try await writer.finish(nil)
        } _: { server in
          try await server.client { client in
            try client.send(HTTP1Connection.request("/", [("Accept-Encoding", "gzip")]))
            let response = try client.readResponse(until: { $0.text == bigText })
            server.journal.note("seen")
            try client.read(response)
            #expect(response["content-encoding"] == "gzip" && response.isBroken)
          }
        }
      }

      @Test(arguments: [false, true])
      func `a client that leaves cancels the route, unless disconnects are ignored`(
        ignoresDisconnect: Bool
      ) async throws {
        let options = TestServer.Options { $0.settings.ignoresDisconnect = ignoresDisconnect }
        try await TestServer.run(options) { router, server in
          router.get("/") { _, _ in
            Response(
              status: .ok, headers: [.contentType: "text/html"],
              body: ResponseBody { writer in
                try await writer.write(ByteBuffer(string: "first"))
                do {
                  try await server.transport.wait(for: "inactive")
                  for _ in 0..<200 { try await writer.write(ByteBuffer(string: bigText)) }
                  try Task.checkCancellation()
                  server.journal.note("worked on")
                } catch {
                  server.journal.note("cancelled")
                  throw error
                }
                try await writer.finish(nil)
              })
          }
          router.get("/next") { _, _ in "next" }
        } _: { server in
          try await server.client { client in
            try client.send(HTTP1Connection.request("/", [("Accept-Encoding", "gzip")]))
            _ = try client.readResponse(until: { $0.text == "first" })
            client.leave(.reset)
          }
          try await server.journal.wait(for: ignoresDisconnect ? "worked on" : "cancelled")
          try await server.expect("/next", answers: "next")
        }
      }

      @Test func `every event of an event stream arrives when it is written`() async throws {
        try await Self.run(type: "text/event-stream") { writer, server in
          for number in 1...4 {
            server.journal.note("event \(number)")
            try await writer.write(ByteBuffer(string: "data: event \(number)\n\n"))
            try await server.journal.wait(for: "seen \(number)")
          }
          try await writer.finish(nil)
        } _: { server in
          try await server.client { client in
            try client.send(HTTP1Connection.request("/", [("Accept-Encoding", "gzip")]))
            let response = try client.expectResponse()
            for number in 1...4 {
              try client.read(response, until: { $0.text.contains("event \(number)\n\n") })
              let written = try #require(server.journal.instant(of: "event \(number)"))
              #expect(written.elapsed <= .milliseconds(100))
              server.journal.note("seen \(number)")
            }
            #expect(response["content-encoding"] == "gzip")
            try client.read(response)
            #expect(response.isComplete)
          }
        }
      }

      @Test func `a written chunk reaches the client when nothing follows`() async throws {
        try await Self.run { writer, server in
          try await writer.write(ByteBuffer(string: "first"))
          server.journal.note("written")
          try await server.journal.wait(for: "seen")
          try await writer.write(ByteBuffer(string: bigText))
          try await writer.finish(nil)
        } _: { server in
          try await server.client { client in
            try client.send(HTTP1Connection.request("/", [("Accept-Encoding", "gzip")]))
            let response = try client.readResponse(until: { $0.text == "first" })
            if let written = server.journal.instant(of: "written") {
              #expect(written.elapsed <= .milliseconds(100))
            }
            server.journal.note("seen")
            try client.read(response)
            #expect(response.text == "first" + bigText)
          }
        }
      }

      @Test func `a steady trickle isn't held back`() async throws {
        try await Self.run { writer, server in
          let deadline = ContinuousClock.now + .seconds(10)
          while server.journal.entries.isEmpty, .now < deadline {
            try await writer.write(ByteBuffer(string: "x"))
            await Task.yield()
          }
          try await writer.finish(nil)
        } _: { server in
          try await server.client { client in
            try client.send(HTTP1Connection.request("/", [("Accept-Encoding", "gzip")]))
            let start = ContinuousClock.now
            let response = try client.readResponse(until: { !$0.plain.isEmpty })
            #expect(start.elapsed <= .milliseconds(100))
            server.journal.note("seen")
            try client.read(response)
            #expect(response.isComplete)
          }
        }
      }

      @Test func `an idle stream costs nothing`() async throws {
        try await Self.run(type: "text/event-stream") { writer, server in
          try await writer.write(ByteBuffer(string: "data: 1\n\n"))
          try await server.journal.wait(for: "go on")
          try await writer.finish(nil)
        } _: { server in
          nonisolated(unsafe) var clients: [HTTP1Connection] = []
          try await onThread { [port = server.port] in
            for _ in 0..<200 {
              let client = try HTTP1Connection(port: port)
              try client.send(HTTP1Connection.request("/", [("Accept-Encoding", "gzip")]))
              unsafe clients.append(client)
            }
            for client in unsafe clients {
              _ = try client.readResponse(until: { !$0.plain.isEmpty })
            }
          }
          let before = clock()
          try await Task.sleep(for: .milliseconds(500))
          let used = Double(clock() - before) / Double(CLOCKS_PER_SEC)
          #expect(used < 0.1, "seconds of processor time for 200 streams")
          server.journal.note("go on")
          _ = await eventually { server.liveEncoderCount == 0 }
        }
      }

      @Test func `a buffer of 20 MiB in one write arrives whole`() async throws {
        let text = String(repeating: bigText, count: 3400)
        let response = try await Self.get { writer, _ in
          try await writer.write(ByteBuffer(string: text))
          try await writer.finish(nil)
        }
        #expect(response.isComplete && response.text == text)
      }

      @Test(arguments: [nil, 6200])
      func `a closure that works on after its end isn't cancelled and delays nothing`(
        length: Int?
      ) async throws {
        try await Self.run(length: length) { writer, server in
          try await writer.write(ByteBuffer(string: bigText))
          // With a length the client has everything before the end is written.
          if length != nil { await server.gate.wait() }
          try await writer.finish(nil)
          await server.gate.wait()
          try Task.checkCancellation()
          server.journal.note("worked")
        } _: { server in
          try await server.client { client in
            let start = ContinuousClock.now
            let response = try client.gzipped("/")
            #expect(response.isComplete && response.text == bigText)
            #expect(start.elapsed <= .milliseconds(100))
            // The connection waits for the closure, as it does without the middleware.
            try client.send(HTTP1Connection.request("/next"))
            #expect(try client.isHeld())
            server.gate.open()
            #expect(try client.readResponse().text == "next")
            #expect(server.journal.entries == ["worked"])
          }
        }
      }

      @Test func `a closure that throws before anything was sent gives a clean error`() async throws
      {
        let response = try await Self.get { writer, _ in
          try await writer.write(ByteBuffer(string: "lost"))
          throw Failure()
        }
        #expect(response.status == 500 && response.isComplete && response.content.isEmpty)
        #expect(response["content-encoding"] == nil && response["vary"] == nil)
      }

      @Test(arguments: [true, false])
      func `a closure that throws or forgets its end breaks the message`(throwing: Bool)
        async throws
      {
        try await Self.run { writer, server in
          for _ in 0..<40 { try await writer.write(ByteBuffer(string: bigText)) }
          await server.gate.wait()
          if throwing { throw Failure() }
        } _: { server in
          try await server.client { client in
            try client.send(HTTP1Connection.request("/", [("Accept-Encoding", "gzip")]))
            let response = try client.readResponse(until: { $0.text.hasPrefix(bigText) })
            server.gate.open()
            try client.read(response)
            #expect(response.status == 200 && response.isBroken && !response.isDecoded)
            #expect(response.text.hasPrefix(bigText))
          }
          try await server.expect("/next", answers: "next")
        }
      }

      @Test(arguments: [CompressionMode.automatic, .off, .force])
      func `a buffered response under the middleware is coded once`(mode: CompressionMode)
        async throws
      {
        try await TestServer.run { router, server in
          server.handle(router, "/") { response in
            response.compressionMode = mode
            try response.updateHead { $0.headerFields[.eTag] = #""v1""# }
            try await response.write(bigText)
          }
        } _: { server in
          try await server.client { client in
            let response = try client.gzipped("/")
            let isCoded = mode != .off
            #expect(response.head?.lines("content-encoding") == (isCoded ? ["gzip"] : []))
            #expect(response["etag"] == (isCoded ? #"W/"v1--gzip""# : #""v1""#))
            #expect(response.head?.lines("vary").count ?? 0 <= 1)
            #expect(response.framing == .length(response.content.count))
            #expect(response.text == bigText)
          }
        }
      }
    }
  }
#endif
