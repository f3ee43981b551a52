import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes
import OutputBufferingTestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct ResponseExchangeStressTests {
  @Test func `a thousand responses with random disconnects leak nothing`() async throws {
    let server = FakeServer(settings: { $0.maximumBufferedBytes = 2000 })
    let count = 1000
    let violations = await withTaskGroup(of: String?.self) { group in
      for seed in 0..<UInt64(count) {
        group.addTask { await Self.respond(seed, server) }
      }
      return await group.reduce(into: []) { $0.append($1) }.compactMap(\.self)
    }
    await server.idle()
    #expect(violations == [])
    #expect(server.log.count(of: "released") == count)
    #expect(server.log.count(of: "ended") == count)
    #expect(server.gzip.pool.liveCount == 0)
    #expect(server.engine.service.handlerCount == 0)
    #expect(server.engine.service.releasedCount == 0)
  }

  private static func respond(_ seed: UInt64, _ server: FakeServer) async -> String? {
    var random = SeededGenerator(seed: seed)
    let isEarly = Bool.random(using: &random)
    let ignores = Bool.random(using: &random)
    let leaves = Int.random(in: 0..<3, using: &random)
    let writes = Int.random(in: 0...6, using: &random)
    let fails = Int.random(in: 0..<5, using: &random) == 0
    let pauses = Int.random(in: 0..<20, using: &random)
    let exchange = server.start { response in
      response.ignoresDisconnect = ignores
      try response.beforeRelease { server.log.add("released") }
      try response.atEnd { _ in server.log.add("ended") }
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
      for _ in 0..<pauses { await Task.yield() }
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
