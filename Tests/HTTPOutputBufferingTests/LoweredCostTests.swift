import GzipContentCoding
@testable import HTTPContentCoding
import HTTPOutputBuffering
import Synchronization
import Testing

/// Responses under load use cheaper encoders, and a counter reports how many.
@Suite(.timeLimit(.minutes(1))) struct LoweredCostTests {
  @Test(arguments: [true, false])
  func `a response whose encoder is a cheaper one is counted`(isWhole: Bool) async throws {
    let time = Mutex(ContinuousClock.now)
    // The clock advances with each reading, so an encoder is at work for much of the time.
    let load = EncoderLoad(limit: 0.1) {
      time.withLock {
        $0 += .milliseconds(50)
        return $0
      }
    }
    let server = FakeServer(settings: { settings in
      settings.codings = [
        ContentCodingOffer(coding: .gzip, pool: .gzip(level: 9))
          .lowered(to: .gzip(level: 1, engine: .zlib), under: load)
      ]
    })
    let key = "output_buffering_lowered_responses"
    let before = TestMetrics.shared.value(key)
    var sizes: [Int] = []
    for _ in 0..<3 {
      let reception = try await server.respond { response in
        try await response.write(.big)
        if !isWhole { try await response.flush() }
      }
      await server.idle()
      #expect(reception.client.content == Array(String.big.utf8))
      sizes.append(reception.client.wireBytes.count)
    }
    // When the first one began, no encoder was at work.
    #expect(load.loweredCount == 2)
    #expect(TestMetrics.shared.value(key) - before >= 2)
    #expect(sizes[1] > sizes[0] && sizes[1] == sizes[2])
  }
}
