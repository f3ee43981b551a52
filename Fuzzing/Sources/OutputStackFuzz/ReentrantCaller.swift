import FuzzingSupport
import OutputBuffering

/// The error that a handler of the model throws to fail.
struct HandlerFailure: Error {}

/// Calls the stack from inside its handlers and its sink, which must have no effect.
final class ReentrantCaller {
  weak var stack: OutputStack<RecordingSink>?
  let log = ModelHandlerAdapter.Log()
  var isActive = false
  private(set) var discardedByteCount = 0
  private(set) var refusedOperationCount = 0

  func intrude() {
    guard isActive, let stack else { return }
    let level = stack.level
    stack.write("intruder")
    discardedByteCount += "intruder".utf8.count
    requireRefusal { try stack.flush() }
    requireRefusal { try stack.clean() }
    requireRefusal { try stack.endFlush() }
    requireRefusal { try stack.endClean() }
    requireRefusal { try stack.flushAll() }
    requireRefusal { _ = try stack.takeContents() }
    requireRefusal { _ = try stack.endFlushReturningContents() }
    stack.start()
    stack.endAll()
    stack.discardAll()
    stack.flushSink()
    refusedOperationCount += 12
    require(stack.statuses.count == level, "an operation inside a handler has changed the stack")
    _ = stack.contents
  }

  private func requireRefusal(_ operation: () throws -> Void) {
    do {
      try operation()
      fatalError("an operation inside a handler was not refused")
    } catch {
      require(
        (error as? OutputBufferError)?.code == .handlerIsRunning, "inside a handler: \(error)")
    }
  }
}

/// A handler of the model that calls the stack before it returns.
struct IntrudingHandler: OutputHandler {
  var adapter: ModelHandlerAdapter
  let intruder: ReentrantCaller

  var name: String { adapter.name }

  mutating func process(
    _ input: Span<UInt8>, phase: OutputPhase, into output: inout ContiguousArray<UInt8>
  ) throws {
    intruder.intrude()
    try adapter.process(input, phase: phase, into: &output)
  }
}

/// A sink that records every write and calls the stack.
struct RecordingSink: OutputSink {
  let intruder: ReentrantCaller
  private(set) var writes: [[UInt8]] = []
  private(set) var flushCount = 0
  private(set) var failureCount = 0

  init(intruder: ReentrantCaller) {
    self.intruder = intruder
  }

  mutating func write(_ bytes: Span<UInt8>) {
    writes.append(bytes.indices.map { bytes[$0] })
    intruder.intrude()
  }

  mutating func flush() {
    flushCount += 1
    intruder.intrude()
  }

  mutating func handlerFailed(_ failure: OutputHandlerFailure) {
    failureCount += 1
    intruder.intrude()
  }
}
