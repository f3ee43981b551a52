import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct ResponseExchangeStressTests {
  private struct Counts {
    var released = 0
    var ended = 0
    var violations: [String] = []
  }

  @Test func `a thousand responses with random disconnects leak nothing`() async throws {
    let server = FakeServer(response: { $0.maximumBufferedBytes = 2000 })
    let counts = Mutex(Counts())
    let count = 1000
    await withTaskGroup(of: String?.self) { group in
      for seed in 0..<UInt64(count) {
        group.addTask {
          await respond(
            seed, server,
            released: { counts.withLock { $0.released += 1 } },
            ended: { counts.withLock { $0.ended += 1 } })
        }
      }
      for await violation in group {
        if let violation { counts.withLock { $0.violations.append(violation) } }
      }
    }
    await server.idle()
    counts.withLock { counts in
      #expect(counts.released == count)
      #expect(counts.ended == count)
      #expect(counts.violations == [])
    }
    #expect(server.gzip.pool.liveCount == 0)
    #expect(server.engine.service.handlerCount == 0)
    #expect(server.engine.service.releasedCount == 0)
  }

  private func respond(
    _ seed: UInt64, _ server: FakeServer, released: @escaping @Sendable () -> Void,
    ended: @escaping @Sendable () -> Void
  ) async -> String? {
    var random = SeededGenerator(seed: seed)
    let isEarly = Bool.random(using: &random)
    let ignores = Bool.random(using: &random)
    let leaves = Int.random(in: 0..<3, using: &random)
    let writes = Int.random(in: 0...6, using: &random)
    let fails = Int.random(in: 0..<5, using: &random) == 0
    let exchange = server.start { response in
      response.ignoresDisconnect = ignores
      try response.beforeRelease(released)
      try response.atEnd { _ in ended() }
      for index in 0..<writes {
        try await response.write(String(repeating: "\(index)", count: 900))
        if index.isMultiple(of: 3) { try await response.flush() }
        await Task.yield()
      }
      if fails { throw CancellationError() }
      if isEarly {
        try await response.finish()
        await Task.yield()
      }
    }
    let leaver = Task {
      if leaves == 0 { return }
      for _ in 0..<Int.random(in: 0..<20) { await Task.yield() }
      exchange.disconnected()
      if leaves == 2 { exchange.disconnected() }
    }
    defer { leaver.cancel() }
    let whole = (0..<writes).map { String(repeating: "\($0)", count: 900) }.joined()
    do {
      let reception = try await exchange.receiveAll()
      await leaver.value
      await exchange.released()
      if reception.client.isComplete && reception.client.text != whole { return "\(seed): bytes" }
      if !whole.hasPrefix(reception.client.text) { return "\(seed): prefix" }
      if leaves == 0 && !fails && !reception.client.isComplete { return "\(seed): incomplete" }
      return nil
    } catch {
      return "\(seed): \(error)"
    }
  }
}
