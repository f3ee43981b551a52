#if NIO
  import Testing

  @testable import OutputBufferingNIO

  /// Streams that wait for handlers which keep their connection.
  @Suite(.timeLimit(.minutes(1))) struct ConnectionHoldTests {
    @Test func `Who waits goes on when the last holder has ended`() async {
      let hold = ConnectionHold()
      await hold.wait()
      hold.begin()
      hold.begin()
      let waiters = (0..<10).map { _ in Task { await hold.wait() } }
      hold.end()
      hold.end()
      for waiter in waiters { await waiter.value }
      await hold.wait()
    }

    @Test func `Who is cancelled waits no longer`() async {
      let hold = ConnectionHold()
      hold.begin()
      let waiter = Task { await hold.wait() }
      waiter.cancel()
      await waiter.value
      hold.end()
    }
  }
#endif
