import OutputBufferingTestSupport
import Testing

@testable import OutputBuffering

@Suite struct ModelBasedTests {
  @Test(arguments: 0..<20)
  func `random sequences of operations do what the model does`(batch: UInt64) {
    for seed in batch * 200..<(batch + 1) * 200 {
      var generator = SeededGenerator(seed: seed)
      var run = ModelRun()
      run.perform(generator.actions())
      run.perform([.endAll])
      guard run.difference == nil else {
        Issue.record("seed \(seed): \(run.difference ?? "")")
        return
      }
    }
  }
}

/// The stack and its model, with the same operations applied.
private struct ModelRun {
  private var model = ModelStack()
  private let stack = OutputStack(sink: ArraySink())
  private let log = ModelHandlerAdapter.Log()
  private var stepCount = 0
  private(set) var difference: String?

  mutating func perform(_ actions: [ModelAction]) {
    for action in actions where difference == nil {
      perform(action)
      stepCount += 1
      compare(action)
    }
  }

  private mutating func perform(_ action: ModelAction) {
    switch action {
    case .start(let setup):
      stack.start(
        handler: handler(setup), chunkSize: setup.chunkSize,
        capabilities: capabilities(setup.capabilities),
        whenHandlerFails: policy(setup))
      model.start(setup)
    case .write(let bytes):
      if stepCount.isMultiple(of: 2) {
        stack.write(bytes)
      } else {
        stack.write(taking: ContiguousArray(bytes))
      }
      model.write(bytes)
    case .flush:
      expect(Outcome { try stack.flush() }, Outcome { try model.flush() })
    case .clean:
      expect(Outcome { try stack.clean() }, Outcome { try model.clean() })
    case .endFlush:
      expect(Outcome { try stack.endFlush() }, Outcome { _ = try model.end(sending: true) })
    case .endClean:
      expect(Outcome { try stack.endClean() }, Outcome { _ = try model.end(sending: false) })
    case .takeContents:
      expect(Outcome { try stack.takeContents() }, Outcome { try model.end(sending: false) })
    case .endFlushReturningContents:
      expect(
        Outcome { try stack.endFlushReturningContents() },
        Outcome { try model.end(sending: true) })
    case .flushAll:
      expect(Outcome { try stack.flushAll() }, Outcome { try model.flushAll() })
    case .endAll:
      stack.endAll()
      model.endAll(sending: true)
    case .discardAll:
      stack.discardAll()
      model.endAll(sending: false)
    case .flushSink:
      stack.flushSink()
      model.sinkFlushCount += 1
    case .implicitFlush(let isEnabled):
      stack.isImplicitFlushEnabled = isEnabled
      model.isImplicitFlushEnabled = isEnabled
    case .scoped(let setup, let actions, let isThrowing):
      scoped(setup, actions, isThrowing: isThrowing)
    }
  }

  private mutating func scoped(
    _ setup: BufferSetup, _ actions: [ModelAction], isThrowing: Bool
  ) {
    let serial = model.startCount
    do {
      try stack.withBuffer(
        handler: handler(setup), chunkSize: setup.chunkSize,
        capabilities: capabilities(setup.capabilities),
        whenHandlerFails: policy(setup)
      ) { _ in
        model.start(setup)
        perform(actions)
        if isThrowing { throw HandlerFailure() }
      }
      model.endAll(sending: true, since: serial)
    } catch {
      model.endAll(sending: false, since: serial)
    }
  }

  private mutating func compare(_ action: ModelAction) {
    let model = model
    let levels = model.buffers.enumerated().map { level, buffer in
      OutputBufferStatus(
        handlerName: buffer.handler.map { "\($0.behavior)" } ?? "default output handler",
        level: level,
        chunkSize: buffer.chunkSize,
        length: buffer.bytes.count,
        capabilities: capabilities(buffer.capabilities),
        isStarted: buffer.isStarted,
        isDisabled: buffer.isDisabled,
        isProcessed: buffer.isProcessed,
        hasHandler: buffer.handler != nil,
        failurePolicy: buffer.discardsOnFailure ? .discard : .passThrough)
    }
    let differences = [
      ("sink", stack.sink.writes == model.sinkWrites),
      ("sink flushes", stack.sink.flushCount == model.sinkFlushCount),
      ("statuses", stack.statuses == levels),
      ("status", stack.status == levels.last),
      ("contents", stack.contents.map(Array.init) == model.buffers.last?.bytes),
      ("level", stack.level == model.buffers.count),
      ("stored", stack.storedByteCount == model.buffers.reduce(0) { $0 + $1.bytes.count }),
      ("discarded", stack.discardedByteCount == model.discardedByteCount),
      ("failures", stack.sink.failures.count == model.failedSerials.count),
      ("calls", log.calls == model.calls),
    ].filter { !$0.1 }.map(\.0)
    if !differences.isEmpty { report("\(differences) after \(action)") }
  }

  private mutating func expect(_ actual: Outcome, _ expected: Outcome) {
    if actual != expected { report("\(actual) is not \(expected)") }
  }

  private mutating func report(_ text: String) {
    if difference == nil { difference = "step \(stepCount): \(text)" }
  }
}

extension ModelRun {
  private func handler(_ setup: BufferSetup) -> (any OutputHandler)? {
    setup.behavior.map {
      ModelHandlerAdapter(
        handler: ModelHandler(behavior: $0, buffer: model.startCount), log: log)
    }
  }

  private func policy(_ setup: BufferSetup) -> OutputFailurePolicy {
    setup.discardsOnFailure ? .discard : .passThrough
  }

  private func capabilities(_ letters: Set<Character>) -> OutputBufferCapabilities {
    var capabilities: OutputBufferCapabilities = []
    if letters.contains("C") { capabilities.insert(.cleanable) }
    if letters.contains("F") { capabilities.insert(.flushable) }
    if letters.contains("R") { capabilities.insert(.removable) }
    return capabilities
  }
}

/// The outcome of an operation, in the stack or in the model.
private struct Outcome: Equatable {
  var bytes: [UInt8] = []
  var refusal: ModelStack.Refusal?

  init(_ body: () throws -> some Sequence<UInt8>) {
    do {
      bytes = Array(try body())
    } catch let error as OutputBufferError {
      refusal = .init(code: error.code.description, level: error.level)
    } catch {
      refusal = error as? ModelStack.Refusal
    }
  }

  init(_ body: () throws -> Void) {
    self.init { () throws -> [UInt8] in
      try body()
      return []
    }
  }
}
