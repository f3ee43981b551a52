import Foundation
import HTTPTypes
import Logging
import OutputBufferingTestSupport
import Synchronization
import Testing

@testable import HTTPOutputBuffering

/// The guarantees of `docs/early-finish.md` for work during a shutdown.
@Suite(.timeLimit(.minutes(2))) struct AfterReleaseShutdownTests {
  typealias Settings = AfterResponseService.Settings
  typealias UnfinishedWork = AfterResponseService.UnfinishedWork
  struct Failure: Error {}

  final class Store: Sendable {
    private let kept = Mutex<[UnfinishedWork]>([])
    var all: [UnfinishedWork] { kept.withLock { $0 } }
    var names: [String] { all.map(\.name).sorted() }
    func add(_ works: [UnfinishedWork]) { kept.withLock { $0 += works } }
  }

  private static let impatient = Settings(
    drainDeadline: .zero, cancellationDeadline: .seconds(600))

  private func service(
    _ recorder: RecordingLogHandler, _ settings: Settings = impatient,
    keeping: AfterResponseService.Keeping? = nil
  ) -> AfterResponseService {
    let service = AfterResponseService(
      settings: settings, logger: Logger(label: "test") { _ in recorder },
      keepingUnfinished: keeping)
    // Each test drains it, a busy machine perhaps only after the warning that nothing does.
    service.own()
    return service
  }

  private func named(_ recorder: RecordingLogHandler) -> [String] {
    recorder.lines(of: "warning work after a response was cancelled")
      .map { String($0.dropFirst("warning ".count)) }.sorted()
  }

  @Test func `a drain waits for work, and names it`() async throws {
    let recorder = RecordingLogHandler()
    let service = service(recorder, Settings())
    let server = FakeServer(service: service)
    let gate = Gate()
    let exchange = server.start { response in
      try response.afterRelease(named: "receipt") {
        await gate.wait()
        server.log.add("done")
      }
    }
    _ = try await exchange.receiveAll()
    // The handler has ended; only its work remains.
    while exchange.namesOfWork != ["receipt"] { await Task.yield() }
    let drain = Task { await service.drain() }
    while !recorder.messages.contains("info waiting for work after responses") {
      await Task.yield()
    }
    #expect(recorder.lines == ["info 1 receipt"])
    gate.open()
    await drain.value
    #expect(server.log.all == ["done"] && named(recorder).isEmpty)
  }

  @Test func `the application keeps what was cancelled and what never started`() async throws {
    let (recorder, store) = (RecordingLogHandler(), Store())
    let service = service(recorder) { store.add($0) }
    let server = FakeServer(service: service)
    let started = Gate()
    let exchange = server.start { response in
      try response.afterRelease(named: "cancelled", payload: ["order": 1]) { _ in
        started.open()
        try await untilCancelled()
      }
      try response.afterRelease(named: "never started", payload: "two") { _ in
        server.log.add("started")
      }
      try response.afterRelease(named: "without payload") { server.log.add("started") }
    }
    _ = try await exchange.receiveAll()
    await started.wait()
    await service.drain()
    #expect(store.names == ["cancelled", "never started"])
    #expect(store.all.first { $0.hasStarted }?.name == "cancelled")
    let payloads = try store.all.map { work in
      String(decoding: try JSONEncoder().encode(work.payload), as: UTF8.self)
    }
    #expect(payloads.sorted() == [#""two""#, #"{"order":1}"#])
    #expect(named(recorder) == ["without payload"])
    #expect(recorder.messages.contains("info unfinished work was kept"))
    #expect(server.log.all.isEmpty)
    #expect(service.handlerCount == 0)
  }

  @Test func `work that returns although it was cancelled is done`() async throws {
    let (recorder, store) = (RecordingLogHandler(), Store())
    let service = service(recorder) { store.add($0) }
    let server = FakeServer(service: service)
    let started = Gate()
    let exchange = server.start { response in
      try response.afterRelease(named: "thorough", payload: 1) { _ in
        started.open()
        try? await untilCancelled()
        server.log.add("done")
      }
    }
    _ = try await exchange.receiveAll()
    await started.wait()
    await service.drain()
    #expect(server.log.all == ["done"])
    #expect(store.all.isEmpty && named(recorder).isEmpty)
  }

  @Test func `work that ignores its cancellation is kept before the process ends`() async throws {
    let (recorder, store) = (RecordingLogHandler(), Store())
    let settings = Settings(drainDeadline: .zero, cancellationDeadline: .milliseconds(1))
    let service = service(recorder, settings) { store.add($0) }
    let server = FakeServer(service: service)
    let (started, gate) = (Gate(), Gate())
    let exchange = server.start { response in
      try response.afterRelease(named: "stuck", payload: 1) { _ in
        started.open()
        await gate.wait()
        throw Failure()
      }
    }
    _ = try await exchange.receiveAll()
    await started.wait()
    await service.drain()
    #expect(store.names == ["stuck"])
    #expect(recorder.lines.contains("error stuck"))
    gate.open()
    await service.drain()
    // It is reported once.
    #expect(store.names == ["stuck"] && named(recorder).isEmpty)
  }

  @Test func `what a handler that ignores its cancellation registers is kept`() async throws {
    let (recorder, store) = (RecordingLogHandler(), Store())
    let settings = Settings(drainDeadline: .zero, cancellationDeadline: .seconds(1))
    let service = service(recorder, settings) { store.add($0) }
    let server = FakeServer(service: service)
    let (started, gate) = (Gate(), Gate())
    let exchange = server.start { response in
      started.open()
      try? await untilCancelled()
      try response.afterRelease(named: "receipt", payload: 1) { _ in server.log.add("started") }
      await gate.wait()
    }
    await started.wait()
    await service.drain()
    #expect(store.names == ["receipt"])
    gate.open()
    _ = try? await exchange.receiveAll()
    await server.idle()
    #expect(server.log.all.filter { $0 == "started" }.isEmpty)
  }

  @Test(arguments: [Duration.seconds(600), .milliseconds(1)])
  func `what the application fails to keep is named`(deadline: Duration) async throws {
    let recorder = RecordingLogHandler()
    var settings = Self.impatient
    settings.keepingDeadline = deadline
    let service = service(recorder, settings) { _ in
      if deadline < .seconds(1) { try await untilCancelled() }
      throw Failure()
    }
    let server = FakeServer(service: service)
    let started = Gate()
    let exchange = server.start { response in
      for number in 1...2 {
        try response.afterRelease(named: "work \(number)", payload: number) { _ in
          started.open()
          try await untilCancelled()
        }
      }
    }
    _ = try await exchange.receiveAll()
    await started.wait()
    await service.drain()
    #expect(named(recorder) == ["work 1", "work 2"])
    #expect(recorder.messages.contains("error unfinished work was not kept"))
  }

  @Test func `a drain that is cancelled leaves the application its time`() async throws {
    let (recorder, store) = (RecordingLogHandler(), Store())
    let settings = Settings(drainDeadline: .seconds(600), cancellationDeadline: .seconds(600))
    let service = service(recorder, settings) { works in
      #expect(!Task.isCancelled)
      store.add(works)
    }
    let server = FakeServer(service: service)
    let started = Gate()
    let exchange = server.start { response in
      try response.afterRelease(named: "work", payload: 1) { _ in
        started.open()
        try await untilCancelled()
      }
    }
    _ = try await exchange.receiveAll()
    await started.wait()
    await Task {
      unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
      await service.drain()
    }.value
    #expect(store.names == ["work"])
  }

  @Test func `a response that is cut off at the shutdown has its work kept`() async throws {
    let (recorder, store) = (RecordingLogHandler(), Store())
    let settings = Settings(
      responseDeadline: .zero, drainDeadline: .zero, cancellationDeadline: .seconds(600))
    let service = service(recorder, settings) { store.add($0) }
    let server = FakeServer(service: service)
    let started = Gate()
    let exchange = server.start { response in
      try response.afterRelease(named: "work", payload: 1) { _ in server.log.add("started") }
      try await response.flush()
      started.open()
      try? await untilCancelled()
      try response.afterRelease(named: "late", payload: 2) { _ in server.log.add("started") }
    }
    async let reception = exchange.receiveAll()
    await started.wait()
    await service.drain()
    #expect(try await reception.wasAborted)
    #expect(store.names == ["late", "work"])
    #expect(server.log.all.isEmpty)
  }

  @Test func `work that a shutdown cancels before anything drains is kept as well`() async throws {
    let (recorder, store) = (RecordingLogHandler(), Store())
    let service = service(recorder) { store.add($0) }
    let server = FakeServer(service: service)
    let (started, ended) = (Gate(), Gate())
    let exchange = server.start { response in
      try response.afterRelease(named: "work", payload: 1) { _ in
        started.open()
        defer { ended.open() }
        try await untilCancelled()
      }
    }
    _ = try await exchange.receiveAll()
    await started.wait()
    service.beginShutdown()
    await ended.wait()
    await service.drain()
    #expect(store.names == ["work"])
  }

  @Test func `a shutdown leaves each of 1,000 works done, failed, named or kept, and none twice`()
    async throws
  {
    let (recorder, store, done) = (RecordingLogHandler(), Store(), EventLog())
    let failures = RecordingLogHandler()
    let settings = Settings(
      maximumReleasedHandlers: 600, drainDeadline: .milliseconds(20),
      cancellationDeadline: .seconds(60))
    let service = service(recorder, settings) { store.add($0) }
    let server = FakeServer(service: service)
    let logger = Logger(label: "test") { _ in failures }
    var generator = SeededGenerator(seed: 11)
    let kinds = (0..<1000).map { _ in Int.random(in: 0..<5, using: &generator) }
    let shutdown = Int.random(in: 300..<900, using: &generator)
    var drain: Task<Void, Never>?
    for (number, kind) in kinds.enumerated() {
      let name = "work \(number)"
      let exchange = server.start(logger: logger) { response in
        switch kind {
        case 0:
          try response.afterRelease(named: name, payload: number) { _ in done.add(name) }
        case 1:
          try response.afterRelease(named: name, payload: number) { _ in
            try await untilCancelled()
          }
        case 2: try response.afterRelease(named: name) { try await untilCancelled() }
        case 3: try response.afterRelease(named: name, payload: number) { _ in throw Failure() }
        default:
          try response.afterRelease(named: name, payload: number, runs: .concurrently) { _ in
            try? await untilCancelled()
            done.add(name)
          }
        }
        try await response.finish()
      }
      _ = try await exchange.receiveAll()
      if number == shutdown { drain = Task { await service.drain() } }
    }
    await drain?.value
    // Work that started after the service had drained.
    await service.drain()
    let failed = failures.lines(of: "error work after a response failed")
      .map { String($0.dropFirst("error Failure() ".count)) }
    let cancelled = named(recorder).filter { $0.hasPrefix("work ") }
    let all = done.all + store.names + cancelled + failed
    #expect(all.count == 1000)
    #expect(Set(all) == Set((0..<1000).map { "work \($0)" }))
    #expect(service.handlerCount == 0 && service.releasedCount == 0)
  }
}
