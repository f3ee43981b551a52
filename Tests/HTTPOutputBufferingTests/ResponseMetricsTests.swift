import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes
import Logging
import OutputBufferingTestSupport
import Testing

/// Every counter in the table increases.
///
/// Other tests use the same counters, so each value is a minimum.
@Suite(.timeLimit(.minutes(2))) struct ResponseMetricsTests {
  struct Failure: Error {}
  let metrics = TestMetrics.shared

  private func growth(
    of key: String, during body: () async throws -> Void
  ) async rethrows -> Int64 {
    let before = metrics.value(key)
    try await body()
    return metrics.value(key) - before
  }

  @Test(arguments: [
    ("output_buffering_responses{coding=gzip,reason=coded}", Int64(1)),
    ("output_buffering_bytes_in", 6200), ("output_buffering_bytes_out", 50),
    ("output_buffering_bytes_discarded", 4), ("output_buffering_early_finishes", 1),
    ("output_buffering_after_response_running", 2),
  ])
  func `a response that ends early is counted`(key: String, least: Int64) async throws {
    let growth = try await growth(of: key) {
      let server = FakeServer()
      _ = try await server.respond { response in
        try await response.write(.big)
        try await response.finish()
        try await response.write("late")
      }
      await server.idle()
    }
    #expect(growth >= least)
  }

  @Test(arguments: [ConnectionStatus.aborted, .timedOut])
  func `a response that breaks off is counted by its status`(status: ConnectionStatus) async throws
  {
    let growth = await growth(of: "output_buffering_aborted{status=\(status)}") {
      let server = FakeServer()
      let exchange = server.start { response in
        if status == .timedOut { response.setTimeLimit(.zero) }
        try await untilCancelled()
      }
      if status == .aborted { exchange.disconnected() }
      await server.idle()
    }
    #expect(growth >= 1)
  }

  @Test func `a response that its handler leaves incomplete is counted as failed`() async throws {
    let growth = try await growth(of: "output_buffering_aborted{status=failed}") {
      let server = FakeServer()
      _ = try await server.respond { response in
        try await response.flush()
        throw Failure()
      }
      await server.idle()
    }
    #expect(growth >= 1)
  }

  @Test func `a drain counts what ended and what was cancelled`() async throws {
    let gate = Gate()
    func drain(_ deadline: Duration, _ operation: @escaping @Sendable () async -> Void) async {
      // The drain reports that it waits; then the work may end.
      let recorder = RecordingLogHandler { gate.open() }
      let service = AfterResponseService(
        settings: .init(drainDeadline: deadline, cancellationDeadline: .seconds(600)),
        logger: Logger(label: "test") { _ in recorder })
      #expect(service.submit(named: "work", operation))
      await service.drain()
    }
    let drained = await growth(of: "output_buffering_after_response_drained") {
      await drain(.seconds(600)) { await gate.wait() }
    }
    #expect(drained >= 1)
    let cancelled = await growth(of: "output_buffering_after_response_cancelled") {
      await drain(.zero) { try? await untilCancelled() }
    }
    #expect(cancelled >= 1)
  }

  @Test(arguments: [
    (false, "error response left incomplete"),
    (true, "error handler failed after its response was"),
  ])
  func `a failure that no error page shows is logged`(isFinished: Bool, line: String) async throws {
    let recorder = RecordingLogHandler()
    let server = FakeServer()
    let exchange = server.start(logger: Logger(label: "test") { _ in recorder }) { response in
      if isFinished { try await response.finish() } else { try await response.flush() }
      throw Failure()
    }
    _ = try await exchange.receiveAll()
    await server.idle()
    #expect(recorder.messages.contains { $0.hasPrefix(line) })
  }

  @Test func `a handler that ends without its client is no error`() async throws {
    let recorder = RecordingLogHandler()
    let server = FakeServer()
    let exchange = server.start(logger: Logger(label: "test") { _ in recorder }) { _ in
      try await untilCancelled()
    }
    exchange.disconnected()
    await server.idle()
    #expect(
      recorder.messages == [
        "debug the client left, or the time limit ran out, before the handler ended"
      ])
  }
}
