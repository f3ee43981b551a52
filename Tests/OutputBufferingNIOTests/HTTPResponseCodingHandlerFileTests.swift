#if NIO
  import Foundation
  import HTTPOutputBuffering
  import NIOCore
  import NIOHTTP1
  import NIOPosix
  import OutputBufferingNIO
  import Synchronization
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing

  /// Files over a real socket: passed as they are if the response isn't coded, and read if it is.
  @Suite(.timeLimit(.minutes(1))) struct HTTPResponseCodingHandlerFileTests {
    static let text = String(repeating: "<p>The quick brown fox.</p>", count: 12_000)

    @Test func `N2: a file region is read where it is coded, and passes where it isn't`()
      async throws
    {
      let file = try TestFile(Array(Self.text.utf8))
      defer { file.remove() }
      try await withServer { context in
        let handle = try file.open()
        context.write(part: .head(.html(length: file.byteCount, closes: true)))
        context.write(part: .body(.fileRegion(try FileRegion(fileHandle: handle))))
        context.write(part: .end(nil)).assumeIsolated().whenComplete { _ in
          try? handle.close()
          context.close(promise: nil)
        }
        context.flush()
      } _: { port in
        let coded = try await exchange(port, get()).response
        #expect(coded.fields["content-encoding"] == "gzip")
        #expect(try InflateDecoder.text(coded.body) == Self.text)
        let plain = try await exchange(port, get(acceptEncoding: "")).response
        #expect(plain.fields["content-length"] == String(file.byteCount))
        #expect(plain.body == Array(Self.text.utf8))
      }
    }

    @Test func `The application may close its handle after the write`() async throws {
      let file = try TestFile(Array(Self.text.utf8))
      defer { file.remove() }
      try await withServer { context in
        let handle = try file.open()
        context.write(part: .head(.html(length: nil, closes: true)))
        context.write(part: .body(.fileRegion(try FileRegion(fileHandle: handle))))
        try handle.close()
        context.write(part: .end(nil))
        context.flush()
      } _: { port in
        let response = try await exchange(port, get()).response
        #expect(try InflateDecoder.text(response.body) == Self.text)
      }
    }

    /// The bytes written before the file are flushed, and the response ends whatever happens to the
    /// file.
    private func answer(
      with region: FileRegion, of handle: NIOFileHandle, on context: ChannelHandlerContext
    ) {
      context.write(part: .head(.html(length: nil)))
      context.write(text: "begin")
      context.flush()
      context.write(part: .body(.fileRegion(region))).assumeIsolated().whenComplete { _ in
        try? handle.close()
        context.write(part: .end(nil))
        context.flush()
      }
      context.flush()
    }

    /// NIO would try forever to send bytes that don't exist.
    @Test(arguments: ["gzip", ""])
    func `A file that is shorter than its region breaks the message off`(
      acceptEncoding: String
    ) async throws {
      let file = try TestFile(Array("short".utf8))
      defer { file.remove() }
      try await withServer { context in
        let handle = try file.open()
        answer(
          with: FileRegion(fileHandle: handle, readerIndex: 0, endIndex: 100_000), of: handle,
          on: context)
      } _: { port in
        let received = try await exchange(port, get(acceptEncoding: acceptEncoding))
        #expect(received.text.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(!received.text.hasSuffix("0\r\n\r\n"))
      }
    }

    @Test func `A file that can't be read breaks the message off`() async throws {
      // Reading a directory fails with EISDIR.
      let directory = FileManager.default.temporaryDirectory.path
      try await withServer { context in
        let handle = try NIOFileHandle(_deprecatedPath: directory)
        answer(
          with: FileRegion(fileHandle: handle, readerIndex: 0, endIndex: 100_000), of: handle,
          on: context)
      } _: { port in
        let received = try await exchange(port, get())
        #expect(received.text.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(!received.text.hasSuffix("0\r\n\r\n"))
      }
    }

    @Test func `A message whose end is the connection's is broken off by a reset`() async throws {
      let file = try TestFile(Array("short".utf8))
      defer { file.remove() }
      try await withServer { context in
        let handle = try file.open()
        answer(
          with: FileRegion(fileHandle: handle, readerIndex: 0, endIndex: 100_000), of: handle,
          on: context)
      } _: { port in
        let received = try await exchange(port, get(version: "1.0"))
        #expect(received.isReset)
      }
    }

    @Test func `What follows a file keeps its order, also where promises write`()
      async throws
    {
      let file = try TestFile(Array(Self.text.utf8))
      defer { file.remove() }
      try await withServer { context in
        let handle = try file.open()
        context.write(part: .head(.html(length: nil, closes: true)))
        context.write(part: .body(.fileRegion(try FileRegion(fileHandle: handle))))
          .assumeIsolated().whenComplete { _ in
            try? handle.close()
            context.write(text: "4")
            context.write(part: .end(nil))
            context.flush()
          }
        context.write(text: "1")
        context.flush()
        context.write(text: "2")
        context.flush()
        context.write(text: "3")
      } _: { port in
        let response = try await exchange(port, get()).response
        #expect(try InflateDecoder.text(response.body) == Self.text + "1234")
      }
    }

    @Test func `What was flushed leaves before a file that is read when the latency bound ends`()
      async throws
    {
      let file = try TestFile(Array(Self.text.utf8))
      defer { file.remove() }
      let before = String(repeating: "before ", count: 10_000)
      try await withServer(latencyBound: .nanoseconds(0)) { context in
        let handle = try file.open()
        context.write(part: .head(.html(length: nil, closes: true)))
        context.write(text: before)
        context.flush()
        context.write(part: .body(.fileRegion(try FileRegion(fileHandle: handle))))
        context.write(part: .end(nil)).assumeIsolated().whenComplete { _ in try? handle.close() }
        context.flush()
      } _: { port in
        let response = try await exchange(port, get()).response
        #expect(try InflateDecoder.text(response.body) == before + Self.text)
      }
    }

    @Test func `A close doesn't wait for a client that takes nothing any more`() async throws {
      let file = try TestFile([UInt8].noise(byteCount: 32 << 20))
      defer { file.remove() }
      let closed = AsyncStream.makeStream(of: Void.self)
      try await withServer(stallTime: .seconds(1)) { context in
        let handle = try file.open()
        context.write(part: .head(.html(length: nil)))
        context.write(part: .body(.fileRegion(try FileRegion(fileHandle: handle))))
          .whenFailure { _ in closed.continuation.finish() }
        try handle.close()
        context.flush()
        context.close(promise: nil)
      } _: { port in
        let client = try AsyncClient(port: port)
        try await client.send(get())
        for await _ in closed.stream {}
        try await client { $0.leave(.close) }
      }
    }

    @Test func `A response before one that breaks off arrives whole`() async throws {
      let file = try TestFile([])
      defer { file.remove() }
      let count = Mutex(0)
      try await withServer { context in
        let number = count.withLock { count in
          count += 1
          return count
        }
        guard number > 1 else {
          // It is written, and the next response flushes it.
          context.write(part: .head(.html(length: 4)))
          context.write(text: "tiny")
          context.write(part: .end(nil))
          return
        }
        let handle = try file.open()
        context.write(part: .head(.html(length: nil)))
        let region = FileRegion(fileHandle: handle, readerIndex: 0, endIndex: 100_000)
        context.write(part: .body(.fileRegion(region))).assumeIsolated().whenComplete { _ in
          try? handle.close()
        }
      } _: { port in
        let received = try await exchange(port, get() + get())
        #expect(received.text.hasSuffix("\r\n\r\ntiny"))
      }
    }
  }
#endif
