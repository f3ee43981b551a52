#if NIO
  import NIOEmbedded
  import Testing

  @testable import OutputBufferingNIO

  /// Streams that wait for handlers which keep their connection.
  @Suite(.timeLimit(.minutes(1))) struct HTTP2StreamGateTests {
    private let channel = {
      let channel = EmbeddedChannel()
      // Only the channel's identity is used.
      _ = try? channel.finish()
      return channel
    }()

    private static func wait(for count: Int, on hold: HTTP2StreamGate) async {
      while hold.waiterCount < count { await Task.yield() }
    }

    @Test func `A waiting stream continues when the last holder has ended`() async {
      let hold = HTTP2StreamGate()
      let stream = HTTPServerConnection(channel: channel)
      await hold.wait(for: stream)
      hold.begin()
      hold.begin()
      let waiters = (0..<10).map { _ in
        Task { await hold.wait(for: HTTPServerConnection(channel: channel)) }
      }
      await Self.wait(for: 10, on: hold)
      hold.end()
      hold.end()
      for waiter in waiters { await waiter.value }
      await hold.wait(for: stream)
    }

    @Test func `A stream that is gone waits no longer`() async {
      let hold = HTTP2StreamGate()
      hold.begin()
      let stream = HTTPServerConnection(channel: channel, hold: hold)
      let waiter = Task { await stream.requestStarted() }
      await Self.wait(for: 1, on: hold)
      stream.becameInactive()
      #expect(await !waiter.value)
      hold.end()
    }

    @Test func `A cancelled stream waits no longer`() async {
      let hold = HTTP2StreamGate()
      hold.begin()
      let stream = HTTPServerConnection(channel: channel)
      let waiter = Task { await hold.wait(for: stream) }
      await Self.wait(for: 1, on: hold)
      waiter.cancel()
      await waiter.value
      hold.end()
    }
  }
#endif
