#if FlyingFox
  import FlyingSocks
  import Foundation
  import OutputBufferingTestSupport
  import Testing

  @testable import OutputBufferingFlyingFox

  @Suite(.timeLimit(.minutes(1))) struct ListeningSocketTests {
    private struct Failure: Error {}

    private static func listeningSocket() throws -> Socket {
      let socket = try Socket(domain: AF_INET)
      try socket.bind(to: .inet(ip4: "127.0.0.1", port: 0))
      try socket.listen()
      return socket
    }

    @Test func `a server that has ended by itself isn't waited for`() async throws {
      let socket = try Self.listeningSocket()
      let start = ContinuousClock.now
      await #expect(throws: Failure.self) {
        try await ListeningSocket.wait(on: socket) { throw Failure() }
      }
      await ListeningSocket.close(try socket.sockname(), within: .seconds(50))
      #expect(ContinuousClock.now - start < .seconds(25))
      try socket.close()
    }

    @Test func `a server that waits is told once`() async throws {
      let socket = try Self.listeningSocket()
      let gate = Gate()
      let wait = Task {
        try await ListeningSocket.wait(on: socket) {
          gate.open()
          try await untilCancelled()
        }
      }
      await gate.wait()
      await ListeningSocket.close(try socket.sockname(), within: .seconds(50))
      await #expect(throws: SocketError.self) { try await wait.value }
      // Another server may listen there now.
      try await ListeningSocket.wait(on: socket) {}
      try socket.close()
    }
  }
#endif
