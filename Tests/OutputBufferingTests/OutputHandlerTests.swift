import OutputBuffering
import Testing

@Suite struct OutputHandlerTests {
  @Test func `a handler that fails is never invoked again`() throws {
    var invocationCount = 0
    let stack = OutputStack(sink: ArraySink())
    stack.start(named: "failing") { _, _, output in
      invocationCount += 1
      output.append(UInt8(ascii: "!"))
      throw HandlerFailure()
    }
    stack.write("a")
    try stack.flush()
    try stack.flush()
    try stack.clean()
    stack.write("b")
    try stack.endFlush()
    #expect(invocationCount == 1)
    #expect(stack.sink.strings == ["a", "b"])
  }

  @Test func `a failure disables no other handler`() throws {
    let stack = OutputStack(sink: ArraySink())
    stack.start(handler: ClosureOutputHandler.bracketing())
    stack.start(handler: ClosureOutputHandler.failing())
    stack.write("a")
    stack.endAll()
    #expect(stack.sink.strings == ["[a]"])
  }

  @Test func `a failed handler is released at once`() throws {
    let stack = OutputStack(sink: ArraySink())
    weak var witness: Witness?
    do {
      let held = Witness()
      witness = held
      stack.start(named: "failing") { [held] _, _, _ in
        _ = held
        throw HandlerFailure()
      }
    }
    #expect(witness != nil)
    try stack.flush()
    #expect(witness == nil)
    #expect(stack.level == 1)
    #expect(stack.status?.hasHandler == true)
  }

  @Test func `a handler keeps its own state from one invocation to the next`() throws {
    struct Counter: OutputHandler {
      let name = "counter"
      private var count = 0

      mutating func process(
        _ input: Span<UInt8>, phase: OutputPhase, into output: inout ContiguousArray<UInt8>
      ) {
        count += 1
        output.append(contentsOf: "\(count)".utf8)
      }
    }
    let stack = OutputStack(sink: ArraySink())
    stack.start(handler: Counter())
    try stack.flush()
    try stack.clean()
    try stack.endFlush()
    #expect(stack.sink.strings == ["1", "3"])
  }

  @Test func `the example of the documentation shouts`() throws {
    var stack = OutputStack(sink: ArraySink())
    stack.start(named: "shout") { input, phase, output in
      for index in input.indices { output.append(input[index] & 0xDF) }
      if phase.contains(.final) { output.append(UInt8(ascii: "!")) }
    }
    print("hello", terminator: "", to: &stack)
    try stack.endFlush()  // HELLO!
    #expect(stack.sink.strings == ["HELLO!"])
  }

  @Test func `phases have the bits of PHP`() {
    #expect(OutputPhase([.start, .clean, .flush, .final]).rawValue == 15)
    #expect([OutputPhase.start, .clean, .flush, .final].map(\.rawValue) == [1, 2, 4, 8])
    #expect(OutputPhase.write.isWrite && OutputPhase.start.isWrite)
    #expect(![OutputPhase.clean, .flush, .final].contains { $0.isWrite })
    #expect(OutputBufferCapabilities.standard.rawValue == 0x70)
  }
}

private final class Witness {}
