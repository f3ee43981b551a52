#if Hummingbird
  import Foundation
  import HTTPOutputBuffering
  import Hummingbird
  import OutputBufferingHummingbird
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing

  extension SocketTests {
    /// Third-party clients.
    @Suite struct ForeignClientTests {
      /// The path of a tool; nil if it isn't installed.
      static func path(of tool: String) -> String? {
        ["/usr/bin/", "/usr/local/bin/", "/bin/"].map { $0 + tool }
          .first { FileManager.default.isExecutableFile(atPath: $0) }
      }

      /// Runs a tool.
      static func output(of tool: String, _ arguments: [String]) async throws -> String {
        let path = try #require(Self.path(of: tool))
        return try await onThread {
          let process = Process()
          process.executableURL = URL(fileURLWithPath: path)
          process.arguments = arguments
          let pipe = Pipe()
          process.standardOutput = pipe
          try process.run()
          let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
          process.waitUntilExit()
          #expect(process.terminationStatus == 0)
          return String(decoding: data, as: UTF8.self)
        }
      }

      static func run(_ body: (TestServer) async throws -> Void) async throws {
        try await TestServer.run { router, server in
          router.get("/plain") { _, _ in MiddlewareTests.plain() }
          server.handle(router, "/early") { response in
            try await response.write(bigText)
            try await response.finish()
            await server.gate.wait()
            server.journal.note("worked")
          }
          server.handle(router, "/flushed") { response in
            try await response.write("first ")
            try await response.flush()
            try await server.journal.wait(for: "go on")
            try await response.write(bigText)
          }
          router.get("/go-on") { _, _ in
            server.journal.note("go on")
            return "going on"
          }
        } _: { server in
          try await body(server)
        }
      }

      @Test(.enabled(if: path(of: "curl") != nil, "there is no curl"))
      func `curl decodes it and isn't kept waiting`() async throws {
        try await Self.run { server in
          for path in ["plain", "early"] {
            let text = try await Self.output(
              of: "curl",
              [
                "--silent", "--compressed", "--fail", "--max-time", "10",
                "http://127.0.0.1:\(server.port)/\(path)",
              ])
            #expect(text == bigText)
          }
          // The handler has been working until now.
          server.gate.open()
          try await server.journal.wait(for: "worked")
        }
      }

      @Test(.enabled(if: path(of: "python3") != nil, "there is no Python"))
      func `Python reads what was flushed before the rest is written`() async throws {
        let script = """
          import http.client, sys, zlib
          port = int(sys.argv[1])
          c = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
          c.request("GET", "/flushed", headers={"Accept-Encoding": "gzip"})
          r = c.getresponse()
          assert r.headers["Content-Encoding"] == "gzip", r.headers
          d = zlib.decompressobj(31)
          text = b""
          while text != b"first ":
              text += d.decompress(r.read1(1))
          other = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
          other.request("GET", "/go-on"); assert other.getresponse().read() == b"going on"
          text += d.decompress(r.read()) + d.flush()
          assert d.eof and not d.unused_data
          c.request("GET", "/plain", headers={"Accept-Encoding": "gzip"})
          r = c.getresponse(); body = r.read()
          assert len(body) == int(r.headers["Content-Length"])
          assert b"first " + zlib.decompress(body, 31) == text
          print("fine")
          """
        try await Self.run { server in
          let text = try await Self.output(of: "python3", ["-c", script, "\(server.port)"])
          #expect(text == "fine\n")
        }
      }
    }
  }
#endif
