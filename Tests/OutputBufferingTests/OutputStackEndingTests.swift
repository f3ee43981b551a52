import OutputBuffering
import Testing

@Suite struct OutputStackEndingTests {
  @Test func `flushing all invokes every handler once and writes once`() throws {
    var phases: [OutputPhase] = []
    let stack = OutputStack(sink: ArraySink())
    for name in ["outer", "inner"] {
      stack.start(named: name, chunkSize: 3) { input, phase, output in
        phases.append(phase)
        output.append(copying: input)
        output.append(UInt8(ascii: "|"))
      }
      stack.write("ab")
    }
    try stack.flushAll()
    #expect(stack.sink.strings == ["abab||"])
    #expect(phases == [[.start, .flush], [.start, .flush]])
    #expect(stack.level == 2)
    #expect(stack.storedByteCount == 0)
    #expect(stack.sink.flushCount == 0)
  }

  @Test func `flushing all changes nothing when one buffer refuses`() throws {
    let stack = OutputStack(sink: ArraySink())
    stack.start(capabilities: .removable)
    stack.write("a")
    stack.start()
    stack.write("b")
    let statuses = stack.statuses
    #expect(
      throws: OutputBufferError(
        code: .notFlushable, operation: .flushAll,
        handlerName: OutputBufferStatus.defaultHandlerName, level: 0)
    ) { try stack.flushAll() }
    #expect(stack.statuses == statuses)
    #expect(stack.sink.writes.isEmpty)
  }

  @Test func `flushing all without a buffer is no error`() throws {
    let stack = OutputStack(sink: ArraySink())
    try stack.flushAll()
    #expect(stack.sink.writes.isEmpty)
  }

  @Test func `flushing all passes disabled buffers by, flushable or not`() throws {
    let stack = OutputStack(sink: ArraySink())
    stack.start()
    stack.start(
      handler: ClosureOutputHandler.failing(), chunkSize: 1, capabilities: .removable)
    stack.write("a")
    stack.start()
    stack.write("b")
    try stack.flushAll()
    #expect(stack.sink.strings == ["ab"])
  }

  @Test func `ending all sends every buffer, removable or not`() {
    let stack = OutputStack(sink: ArraySink())
    for level in 0..<3 {
      stack.start(handler: ClosureOutputHandler.bracketing(), capabilities: [])
      stack.write("\(level)")
    }
    stack.endAll()
    #expect(stack.sink.strings == ["[0[1[2]]]"])
    #expect(stack.level == 0)
    stack.endAll()
    #expect(stack.sink.writes.count == 1)
  }

  @Test func `discarding all sends nothing and tells every handler`() {
    var phases: [OutputPhase] = []
    let stack = OutputStack(sink: ArraySink())
    for _ in 0..<2 {
      stack.start(named: "recording", capabilities: []) { input, phase, output in
        phases.append(phase)
        output.append(copying: input)
      }
      stack.write("a")
    }
    stack.discardAll()
    #expect(phases == Array(repeating: [.start, .clean, .final], count: 2))
    #expect(stack.sink.writes.isEmpty)
    #expect(stack.level == 0)
  }
}
