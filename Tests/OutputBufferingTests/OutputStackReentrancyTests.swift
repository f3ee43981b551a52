import OutputBuffering
import Testing

/// Handlers that have captured the stack, which they don't receive.
@Suite struct OutputStackReentrancyTests {
  typealias Stack = OutputStack<ArraySink>

  static let endings: [@Sendable (Stack) throws -> Void] = [
    { try $0.flush() }, { try $0.clean() }, { try $0.endFlush() }, { try $0.endClean() },
    { _ = try $0.takeContents() }, { _ = try $0.endFlushReturningContents() },
    { try $0.flushAll() }, { $0.endAll() }, { $0.discardAll() },
  ]

  @Test(arguments: endings.indices)
  func `whatever a handler asks of its stack is refused`(index: Int) throws {
    let stack = Stack(sink: ArraySink())
    var codes: [OutputBufferError.Code] = []
    stack.start()
    stack.write("outer")
    stack.start(named: "reentrant") { [unowned stack] input, _, output in
      for operation in Self.endings {
        do {
          try operation(stack)
        } catch let error as OutputBufferError {
          codes.append(error.code)
        }
      }
      stack.start()
      stack.flushSink()
      stack.write("lost")
      stack.withBuffer { $0.write("lost") }
      output.append(copying: input)
    }
    stack.write("inner")
    try Self.endings[index](stack)
    #expect(codes == Array(repeating: .handlerIsRunning, count: 7))
    #expect(stack.discardedByteCount == 8)
    // Nine endings, start, flushSink, write, and the start, write and end of the scoped buffer.
    #expect(stack.refusedOperationCount == 15)
    #expect(stack.sink.flushCount == 0)
    stack.endAll()
    #expect(!stack.sink.text.contains("lost"))
    #expect(stack.level == 0)
  }

  @Test func `a handler that looks at its stack sees its input still there`() throws {
    let stack = Stack(sink: ArraySink())
    var seen: [String] = []
    stack.start(named: "looking", chunkSize: 2) { [unowned stack] input, _, output in
      seen.append("\(stack.level) \(stack.length ?? -1) \(stack.contents?.count ?? -1)")
      seen.append("\(stack.storedByteCount) \(stack.statuses.count) \(stack.handlerNames)")
      seen.append("\(stack.withContents { $0.count } ?? -1) \(stack.status?.length ?? -1)")
      seen.append("\(stack.sink.writes.count)")
      output.append(copying: input)
    }
    stack.write("abc")
    #expect(seen == ["1 3 3", "3 1 [\"looking\"]", "3 3", "0"])
    #expect(stack.sink.strings == ["abc"])
  }

  @Test func `a sink that calls its stack is refused the same way`() throws {
    let relay = Relay()
    let stack = OutputStack(sink: RelayingSink(relay: relay))
    relay.action = { [unowned stack] in
      stack.write("lost")
      stack.start()
      stack.flushSink()
      try stack.endFlush()
    }
    stack.start()
    stack.write("a")
    try stack.flush()
    stack.write("b")
    try stack.endFlush()
    stack.write("c")
    stack.flushSink()
    #expect(relay.errors.map(\.code) == Array(repeating: .handlerIsRunning, count: 4))
    #expect(stack.discardedByteCount == 16)
    #expect(stack.level == 0)
  }

  @Test(arguments: [false, true])
  func `a handler that calls its stack when it is released harms nothing`(isFailing: Bool) throws {
    let stack = Stack(sink: ArraySink())
    var seen: [Int] = []
    do {
      let parting = Parting { [unowned stack] in
        seen = [stack.level, stack.statuses.count, stack.length ?? -1]
        stack.write("bye")
        stack.endAll()
      }
      stack.start()
      stack.start(named: "parting") { [parting] input, _, output in
        _ = parting
        output.append(copying: input)
        if isFailing { throw HandlerFailure() }
      }
    }
    stack.write("a")
    try stack.endFlush()
    #expect(seen == (isFailing ? [2, 2, 0] : [1, 1, 0]))
    #expect(stack.level == 1)
    #expect(stack.discardedByteCount == 3)
    stack.endAll()
    #expect(stack.sink.strings == ["a"])
  }

  @Test func `a handler that calls its stack when asked for its name is refused`() throws {
    struct Namer: OutputHandler {
      let stack: Stack

      var name: String {
        stack.start()
        return "namer"
      }

      func process(
        _ input: Span<UInt8>, phase: OutputPhase, into output: inout ContiguousArray<UInt8>
      ) {}
    }
    let stack = Stack(sink: ArraySink())
    stack.start(handler: Namer(stack: stack))
    #expect(stack.handlerNames == ["namer"])
    #expect(stack.refusedOperationCount > 0)
    stack.discardAll()
  }

  static let operations: [@Sendable (Stack) throws -> Void] =
    endings + [
      { $0.start() }, { $0.start(named: "") { _, _, _ in } }, { $0.flushSink() },
      { $0.write("lost") }, { $0.write([UInt8](repeating: 1, count: 4).span) },
      { $0.write(taking: [1, 2, 3, 4]) },
    ]

  @Test(arguments: operations.indices)
  func `every operation that a handler asks for is counted`(index: Int) throws {
    let stack = Stack(sink: ArraySink())
    stack.start(named: "reentrant") { [unowned stack] input, _, output in
      try? Self.operations[index](stack)
      output.append(copying: input)
    }
    stack.write("a")
    try stack.endFlush()
    #expect(stack.refusedOperationCount == 1)
    #expect([0, 4].contains(stack.discardedByteCount))
    #expect(stack.sink.strings == ["a"])
  }

  @Test func `the stack is usable after a refusal`() throws {
    let stack = Stack(sink: ArraySink())
    stack.start(named: "reentrant") { [unowned stack] input, _, output in
      output.append(copying: input)
      try stack.endFlush()
    }
    stack.write("a")
    try stack.flush()
    #expect(stack.status?.isDisabled == true)
    stack.write("b")
    try stack.endFlush()
    stack.write("c")
    #expect(stack.sink.strings == ["a", "b", "c"])
  }
}

private final class Relay {
  var action: () throws -> Void = {}
  var errors: [OutputBufferError] = []

  func call() {
    do {
      try action()
    } catch let error as OutputBufferError {
      errors.append(error)
    } catch {
      Issue.record(error)
    }
  }
}

private struct RelayingSink: OutputSink {
  let relay: Relay

  mutating func write(_ bytes: Span<UInt8>) { relay.call() }

  mutating func flush() { relay.call() }
}

private final class Parting {
  private let farewell: () -> Void

  init(_ farewell: @escaping () -> Void) {
    self.farewell = farewell
  }

  deinit {
    farewell()
  }
}
