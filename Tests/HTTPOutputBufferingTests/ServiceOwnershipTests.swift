import HTTPOutputBuffering
import HTTPOutputBufferingTesting
import Logging
import OutputBufferingTestSupport
import Testing

/// Whether a service waits for work that continues after its response.
@Suite(.timeLimit(.minutes(2))) struct ServiceOwnershipTests {
  private struct Failure: Error {}

  private let gate = Gate()
  private let log = EventLog()

  private func service(_ recorder: RecordingLogHandler) -> AfterResponseService {
    AfterResponseService(
      settings: .init(drainDeadline: .seconds(600)),
      logger: Logger(label: "test") { _ in recorder })
  }

  @Test func `work that nothing waits for is warned of, once`() async throws {
    let warned = Gate()
    let recorder = RecordingLogHandler { warned.open() }
    let service = service(recorder)
    submit("POST /orders", to: service) { [gate] in await gate.wait() }
    submit("POST /refunds", to: service) { [gate] in await gate.wait() }
    await warned.wait()
    #expect(recorder.lines == ["warning POST /orders"])
    #expect(recorder.messages.first?.contains("buffering.service") == true)
    gate.open()
    await service.drain()
    #expect(!recorder.lines.contains("warning POST /refunds"))
  }

  @Test func `a handler whose response holds its connection is no reason to warn`() async throws {
    let recorder = RecordingLogHandler()
    let service = service(recorder)
    let server = FakeServer(service: service)
    let exchange = server.start { try await $0.write("page") }
    _ = try await exchange.receiveAll()
    await pastWarning()
    #expect(recorder.lines.isEmpty)
    await service.drain()
  }

  @Test func `a service that runs is its owner, also one that begins a moment after the work`()
    async throws
  {
    let recorder = RecordingLogHandler()
    let service = service(recorder)
    submit("work", to: service) { [log] in log.add("worked") }
    await service.run { await pastWarning() }
    #expect(log.all == ["worked"] && recorder.lines.isEmpty)
  }

  @Test func `a test of a handler waits for its work`() async throws {
    let recorder = RecordingLogHandler()
    let service = service(recorder)
    let buffering = ResponseBuffering(settings: .init(codings: []), service: service)
    let received = try await buffering.test { try await $0.finish() }
    #expect(received.isFinishedEarly)
    await pastWarning()
    #expect(recorder.lines.isEmpty)
  }

  @Test func `running a server drains when it has ended, by an error too`() async throws {
    let service = service(RecordingLogHandler())
    let result = await service.run {
      submit("work", to: service) { [log] in log.add("worked") }
      return 7
    }
    #expect(result == 7 && log.all == ["worked"] && service.isExhausted)
    let other = self.service(RecordingLogHandler())
    await #expect(throws: Failure.self) {
      try await other.run {
        submit("work", to: other) { [log] in log.add("worked") }
        throw Failure()
      }
    }
    #expect(log.all == ["worked", "worked"] && other.isExhausted)
  }

  private func submit(
    _ name: String, to service: AfterResponseService,
    _ operation: @escaping @Sendable () async -> Void
  ) {
    let isAdmitted = service.submit(named: name, operation)
    #expect(isAdmitted)
  }

  /// Waits until the warning about a service that isn't running but has released work.
  private func pastWarning() async {
    let (warned, gate) = (Gate(), Gate())
    let recorder = RecordingLogHandler { warned.open() }
    let service = service(recorder)
    submit("work", to: service) { await gate.wait() }
    await warned.wait()
    gate.open()
    await service.drain()
  }
}
