import HTTPOutputBuffering
import OutputBufferingTestSupport
import Synchronization
import Testing

/// Tasks that wait for state under a lock.
@Suite(.timeLimit(.minutes(1))) struct WaiterListTests {
  private final class Door: Sendable {
    struct State {
      var isOpen = false
      var waiters = WaiterList()
    }
    let state = Mutex(State())

    func wait(for key: ObjectIdentifier? = nil) async {
      await state.wait(in: \.waiters, for: key) { $0.isOpen }
    }

    func whenWaiting(_ count: Int) async {
      while state.withLock(\.waiters.count) < count { await Task.yield() }
    }
  }

  @Test func `what is due isn't waited for, and all that wait go on`() async {
    let door = Door()
    let waiting = (0..<3).map { _ in Task { await door.wait() } }
    await door.whenWaiting(3)
    door.state.withLock { state in
      state.isOpen = true
      return state.waiters.takeAll()
    }.resume()
    for task in waiting { await task.value }
    await door.wait()
    #expect(door.state.withLock(\.waiters.count) == 0)
  }

  @Test func `those that wait for one thing go on alone`() async {
    let (door, key) = (Door(), Door())
    let one = Task { await door.wait(for: ObjectIdentifier(key)) }
    let other = Task { await door.wait() }
    await door.whenWaiting(2)
    door.state.withLock { $0.waiters.take(for: ObjectIdentifier(key)) }.resume()
    await one.value
    #expect(door.state.withLock(\.waiters.count) == 1)
    other.cancel()
    await other.value
  }

  @Test func `cancellation ends the wait, before it begins too`() async {
    let door = Door()
    let waiting = Task { await door.wait() }
    await door.whenWaiting(1)
    waiting.cancel()
    await waiting.value
    let late = Task {
      try? await untilCancelled()
      await door.wait()
    }
    late.cancel()
    await late.value
    #expect(door.state.withLock(\.waiters.count) == 0)
  }
}
