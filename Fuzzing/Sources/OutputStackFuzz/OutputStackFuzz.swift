import FuzzingSupport
import OutputBuffering

/// Runs operations on a stack and on the unit tests' simple model, which must agree after each one.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafeRawPointer, _ count: Int) -> CInt {
  let run = StackRun(unsafe FuzzInput(start, count))
  run.perform(depth: 0)
  run.endAll()
  return 0
}

/// The stack and its model, with the same operations applied.
private final class StackRun {
  private var input: FuzzInput
  private var model = ModelStack()
  private let stack: OutputStack<RecordingSink>
  private let intruder: ReentrantCaller
  private var budget = 150_000
  private var comparedWriteCount = 0
  private var comparedCallCount = 0

  init(_ input: FuzzInput) {
    self.input = input
    intruder = ReentrantCaller()
    stack = OutputStack(sink: RecordingSink(intruder: intruder))
    intruder.stack = stack
    intruder.isActive = self.input.bool()
  }

  func perform(depth: Int) {
    while !input.isAtEnd {
      let operation = input.byte() % 24
      if operation == 23 { return }
      perform(operation, depth: depth)
      compare("operation \(operation)")
    }
  }

  func endAll() {
    stack.endAll()
    model.endAll(sending: true)
    compare("endAll")
    require(stack.level == 0 && stack.storedByteCount == 0, "something is left")
  }

  private func perform(_ operation: UInt8, depth: Int) {
    switch operation {
    case 0...2 where model.buffers.count < 8:
      let setup = setup()
      stack.start(
        handler: handler(setup), chunkSize: setup.chunkSize,
        capabilities: capabilities(setup.capabilities),
        whenHandlerFails: setup.discardsOnFailure ? .discard : .passThrough)
      model.start(setup)
    case 3...9:
      write()
    case 10, 11:
      expect(Outcome { try stack.flush() }, Outcome { try model.flush() })
    case 12:
      expect(Outcome { try stack.clean() }, Outcome { try model.clean() })
    case 13:
      expect(Outcome { try stack.endFlush() }, Outcome { _ = try model.end(sending: true) })
    case 14:
      expect(Outcome { try stack.endClean() }, Outcome { _ = try model.end(sending: false) })
    case 15:
      expect(Outcome { try stack.takeContents() }, Outcome { try model.end(sending: false) })
    case 16:
      expect(
        Outcome { try stack.endFlushReturningContents() },
        Outcome { try model.end(sending: true) })
    case 17:
      expect(Outcome { try stack.flushAll() }, Outcome { try model.flushAll() })
    case 18:
      stack.endAll()
      model.endAll(sending: true)
    case 19:
      stack.discardAll()
      model.endAll(sending: false)
    case 20:
      stack.flushSink()
      model.sinkFlushCount += 1
    case 21:
      let isEnabled = input.bool()
      stack.isImplicitFlushEnabled = isEnabled
      model.isImplicitFlushEnabled = isEnabled
    case 22 where depth < 3 && model.buffers.count < 8:
      scoped(depth: depth)
    default:
      break
    }
  }

  /// Writes a body through one of the available methods.
  private func write() {
    let form = input.number(below: 5)
    var bytes = Array(input.body().prefix(budget))
    switch form {
    case 0: stack.write(bytes.span)
    case 1: stack.write(bytes)
    case 2: stack.write(AnySequence(bytes))
    case 3: stack.write(taking: ContiguousArray(bytes))
    default:
      let text = String(decoding: bytes, as: UTF8.self)
      bytes = Array(text.utf8)
      stack.write(text)
    }
    budget = max(0, budget - bytes.count)
    model.write(bytes)
  }

  private func scoped(depth: Int) {
    let setup = setup()
    let isThrowing = input.bool()
    let serial = model.startCount
    do {
      try stack.withBuffer(
        handler: handler(setup), chunkSize: setup.chunkSize,
        capabilities: capabilities(setup.capabilities),
        whenHandlerFails: setup.discardsOnFailure ? .discard : .passThrough
      ) { _ in
        model.start(setup)
        perform(depth: depth + 1)
        if isThrowing { throw HandlerFailure() }
      }
      model.endAll(sending: true, since: serial)
    } catch {
      model.endAll(sending: false, since: serial)
    }
  }

  private func setup() -> BufferSetup {
    let bits = input.byte()
    var capabilities = Set<Character>()
    // All three in half of the cases
    if bits & 0x09 != 0 { capabilities.insert("C") }
    if bits & 0x0A != 0 { capabilities.insert("F") }
    if bits & 0x0C != 0 { capabilities.insert("R") }
    let behavior = input.choice(ModelHandler.Behavior.allCases)
    let chunkSize = input.choice([0, 0, 0, -1, 1, 2, 7, 64, 4096, .min, .max])
    return BufferSetup(
      behavior: bits & 0x30 == 0 ? nil : behavior, chunkSize: chunkSize,
      capabilities: capabilities, discardsOnFailure: bits & 0x40 != 0)
  }

  private func handler(_ setup: BufferSetup) -> (any OutputHandler)? {
    setup.behavior.map {
      IntrudingHandler(
        adapter: ModelHandlerAdapter(
          handler: ModelHandler(behavior: $0, buffer: model.startCount), log: intruder.log),
        intruder: intruder)
    }
  }

  private func expect(_ actual: Outcome, _ expected: Outcome) {
    require(actual == expected, "\(actual) is not \(expected)")
  }

  private func compare(_ what: String) {
    let statuses = stack.statuses
    require(statuses.count == model.buffers.count, "\(what): statuses")
    for (level, buffer) in model.buffers.enumerated() {
      let status = statuses[level]
      require(
        status.handlerName == buffer.handler.map { "\($0.behavior)" }
          ?? OutputBufferStatus.defaultHandlerName
          && status.level == level && status.chunkSize == buffer.chunkSize
          && status.length == buffer.bytes.count
          && status.capabilities == capabilities(buffer.capabilities)
          && status.isStarted == buffer.isStarted && status.isDisabled == buffer.isDisabled
          && status.isProcessed == buffer.isProcessed
          && status.hasHandler == (buffer.handler != nil), "\(what): \(status) is not \(buffer)")
    }
    require(stack.status == statuses.last, "\(what): status")
    require(stack.contents.map(Array.init) == model.buffers.last?.bytes, "\(what): contents")
    require(stack.length == model.buffers.last?.bytes.count, "\(what): length")
    require(stack.level == model.buffers.count, "\(what): level")
    require(
      stack.storedByteCount == model.buffers.reduce(0) { $0 + $1.bytes.count }, "\(what): stored")
    require(
      stack.discardedByteCount == intruder.discardedByteCount + model.discardedByteCount,
      "\(what): discarded")
    require(stack.refusedOperationCount == intruder.refusedOperationCount, "\(what): refused")
    require(stack.sink.failureCount == model.failedSerials.count, "\(what): failures")
    require(stack.sink.flushCount == model.sinkFlushCount, "\(what): sink flushes")
    require(
      stack.sink.writes.dropFirst(comparedWriteCount)
        == model.sinkWrites.dropFirst(comparedWriteCount), "\(what): sink writes")
    comparedWriteCount = model.sinkWrites.count
    require(
      intruder.log.calls.dropFirst(comparedCallCount) == model.calls.dropFirst(comparedCallCount),
      "\(what): invocations")
    comparedCallCount = model.calls.count
  }
}

private func capabilities(_ letters: Set<Character>) -> OutputBufferCapabilities {
  var capabilities: OutputBufferCapabilities = []
  if letters.contains("C") { capabilities.insert(.cleanable) }
  if letters.contains("F") { capabilities.insert(.flushable) }
  if letters.contains("R") { capabilities.insert(.removable) }
  return capabilities
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
