import HTTPOutputBuffering
import OutputBufferingTestSupport
import Testing

/// Values that several tasks give to one.
@Suite(.timeLimit(.minutes(1))) struct HandoffTests {
  @Test func `Every giver's values arrive once, each giver's in order`() async throws {
    let handoff = Handoff<(giver: Int, number: Int)>()
    var taken = [Int](repeating: 0, count: 4)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for giver in taken.indices {
        group.addTask {
          for number in 0..<100 { try await handoff.give((giver, number)) }
        }
      }
      for _ in 0..<400 {
        guard case .value(let value) = await handoff.take(within: nil) else { return }
        #expect(value.number == taken[value.giver])
        taken[value.giver] += 1
      }
      // The last giver waits until the taker asks again.
      guard case .timedOut = await handoff.take(within: .zero) else {
        Issue.record("a value too many")
        return
      }
      try await group.waitForAll()
    }
    #expect(taken == [100, 100, 100, 100])
  }

  @Test(arguments: [false, true])
  func `A close ends all waits, and later ones`(discards: Bool) async throws {
    let handoff = Handoff<Int>()
    await withTaskGroup(of: Bool.self) { group in
      for number in 0..<3 {
        group.addTask { (try? await handoff.give(number)) != nil }
      }
      guard case .value = await handoff.take(within: nil) else { return }
      handoff.close(discardingValues: discards)
      for await isTaken in group { #expect(isTaken == discards) }
    }
    let isTaken = (try? await handoff.give(3)) != nil
    #expect(isTaken == discards)
    guard case .closed = await handoff.take(within: nil) else {
      Issue.record("a value after the close")
      return
    }
  }
}
