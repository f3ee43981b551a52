#if NIO
  import NIOHTTP2
  import Testing

  @testable import OutputBufferingNIO

  struct StreamTurnsTests {
    private let stream: HTTP2StreamID = 1
    private var turns = StreamTurns()

    @Test
    mutating func `a stream whose turn hasn't come isn't passed over`() {
      turns.watch(stream)
      for number in 1...50 { turns.sent(HTTP2StreamID(2 * number + 1)) }
      #expect(turns.frameCount == 50)
      #expect(!turns.hasPassedOver(stream))
      turns.sent(stream)
      // The next round, with each stream once
      for number in 1...50 { turns.sent(HTTP2StreamID(2 * number + 1)) }
      #expect(!turns.hasPassedOver(stream))
    }

    @Test
    mutating func `a stream is passed over when another one sends twice`() {
      turns.watch(stream)
      turns.sent(3)
      #expect(!turns.hasPassedOver(stream))
      turns.sent(3)
      #expect(turns.hasPassedOver(stream))
      turns.sent(stream)
      #expect(!turns.hasPassedOver(stream))
    }

    @Test
    mutating func `one that was in line before doesn't pass a stream over`() {
      turns.watch(5)
      turns.sent(3)
      turns.watch(stream)
      turns.sent(3)
      #expect(turns.hasPassedOver(5))
      #expect(!turns.hasPassedOver(stream))
      turns.sent(3)
      #expect(turns.hasPassedOver(stream))
    }

    @Test
    mutating func `nothing is counted while no stream is watched`() {
      turns.sent(3)
      #expect(turns.frameCount == 0)
      turns.watch(stream)
      turns.sent(stream)
      #expect(turns.lastFrame(of: stream) == 1)
      turns.unwatch(stream)
      #expect(turns.isIdle && turns.lastFrame(of: stream) == nil)
    }

    @Test
    mutating func `streams without number are counted in bounded memory`() {
      turns.watch(stream)
      for number in 1...100_000 { turns.sent(HTTP2StreamID(2 * number + 1)) }
      #expect(!turns.hasPassedOver(stream))
      for _ in 1...2 { turns.sent(200_003) }
      #expect(turns.hasPassedOver(stream))
    }
  }
#endif
