#if Hummingbird
  import Foundation
  import HTTPContentCoding
  import HTTPOutputBuffering
  import Hummingbird
  import NIOCore
  import OutputBufferingHummingbird
  import OutputBufferingTestSupport
  import Synchronization
  import OutputBufferingTesting
  import Testing

  extension SocketTests {
    /// A client that stops reading suspends the writer; memory stays bounded.
    @Suite struct BackPressureTests {
      static let sliceByteCount = 64 * 1024
      /// The maximum number of bytes accepted before the client reads them, including both sockets'
      /// buffers.
      static let maximumLead = 8 * 1024 * 1024
      /// Incompressible, so that the wire carries as many bytes as the handler writes.
      static let slice = {
        var generator = SeededGenerator(seed: 17)
        return (0..<sliceByteCount).map { _ in UInt8.random(in: 0...255, using: &generator) }
      }()

      final class Meter: Sendable {
        let accepted = Atomic(0)
        var count: Int { accepted.load(ordering: .acquiring) }
        func add(_ count: Int) { accepted.add(count, ordering: .acquiringAndReleasing) }
      }

      /// The resident memory in bytes; 0 if the system doesn't report it.
      static var residentByteCount: Int {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else {
          return 0
        }
        return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 4096 }
          ?? 0
      }

      static func run(
        slices: Int, meter: Meter, _ body: (TestServer) async throws -> Void
      ) async throws {
        try await TestServer.run { router, server in
          server.handle(router, "/handler") { response in
            response.compressionMode = .off
            for _ in 0..<slices {
              try await response.write(slice.span)
              meter.add(sliceByteCount)
            }
          }
          let body = ResponseBody { writer in
            for _ in 0..<slices {
              try await writer.write(ByteBuffer(bytes: slice))
              meter.add(sliceByteCount)
            }
            try await writer.finish(nil)
          }
          router.get("/middleware") { _, _ in
            Response(status: .ok, headers: [.contentType: "text/plain"], body: body)
          }
          server.handle(router, "/limited") { response in
            try response.atEnd { server.journal.note("end \($0)") }
            response.setTimeLimit(.milliseconds(500))
            while true { try await response.write(slice.span) }
          }
        } _: { server in
          try await body(server)
        }
      }

      @Test(
        .enabled(if: !isSanitized, "a sanitizer has memory of its own"),
        arguments: [("/handler", 4096), ("/middleware", 1024)])
      func `a client that doesn't read suspends the writer`(path: String, slices: Int) async throws
      {
        let meter = Meter()
        try await Self.run(slices: slices, meter: meter) { server in
          let before = Self.residentByteCount
          let client = try HTTP1Connection(port: server.port, receiveBufferByteCount: 64 * 1024)
          try client.send(HTTP1Connection.request(path, [("Accept-Encoding", "gzip")]))
          try await server.transport.wait(for: "stalled")
          #expect(await eventually { meter.count > 0 })
          let accepted = meter.count
          #expect(accepted < Self.maximumLead)
          let stalled = Self.residentByteCount
          #expect(stalled - before < 32 * 1024 * 1024)

          let box = Mutex(Peak())
          let total = Self.sliceByteCount * slices
          let start = ContinuousClock.now
          nonisolated(unsafe) let reader = client
          try await onThread {
            let client = unsafe reader
            var round = 0
            var count = 0
            var tail: [UInt8] = []
            while tail.suffix(5) != Array("0\r\n\r\n".utf8) {
              guard let bytes = try client.receive(by: .now + .seconds(10)) else {
                throw WireFailure(description: "the connection ended")
              }
              // The writer is never far ahead of the client.
              let lead = meter.count - count
              box.withLock { $0.lead = max($0.lead, lead) }
              count += bytes.count
              tail = Array((tail.suffix(5) + bytes.suffix(5)))
              round += 1
              if round % 64 == 0 {
                let resident = Self.residentByteCount
                box.withLock { $0.resident = max($0.resident, resident) }
              }
            }
            #expect(count > total)
          }
          #expect(meter.count == total)
          let (peak, lead) = box.withLock { ($0.resident, $0.lead) }
          #expect(lead < Self.maximumLead)
          print(
            "\(path): \(accepted / 1024) KiB accepted when stalled, \(lead / 1024) at most;",
            terminator: " ")
          print(
            "RSS \(before / 1_048_576) MiB before, \(stalled / 1_048_576) stalled,", terminator: " "
          )
          print("peak \(peak / 1_048_576) for \(total / 1_048_576) MiB in \(start.elapsed)")
          #expect(peak - before < 64 * 1024 * 1024)
        }
      }

      struct Peak {
        var resident = 0
        var lead = 0
      }

      @Test func `the time limit ends a write that waits for the client`() async throws {
        try await Self.run(slices: 0, meter: Meter()) { server in
          let client = try HTTP1Connection(port: server.port, receiveBufferByteCount: 64 * 1024)
          let start = ContinuousClock.now
          try client.send(HTTP1Connection.request("/limited"))
          let end = try await server.journal.wait(for: "end timedOut")
          #expect(start.duration(to: end) < .milliseconds(1500))
          let late = try client.waitForEnd().late
          #expect(late.suffix(5) != Array("0\r\n\r\n".utf8))
        }
      }
    }
  }
#endif
