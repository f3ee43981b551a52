import OutputBuffering
import Testing

@Suite struct OutputStackTests {
  @Test func `without a buffer every write goes straight to the sink`() {
    let stack = OutputStack(sink: ArraySink())
    stack.write("a")
    stack.write("bc")
    #expect(stack.sink.strings == ["a", "bc"])
    #expect(stack.level == 0)
    #expect(stack.length == nil)
    #expect(stack.contents == nil)
    #expect(stack.status == nil)
  }

  @Test func `strings, spans and sequences write the same bytes`() {
    let stack = OutputStack(sink: ArraySink())
    let bytes: [UInt8] = [0, 0xC3, 0xFF]
    stack.write(bytes.span)
    stack.write(bytes)
    stack.write(bytes.lazy.map { $0 })
    stack.write(AnySequence(bytes))
    stack.write("\0ä")
    #expect(stack.sink.writes == [bytes, bytes, bytes, bytes, [0, 0xC3, 0xA4]])
  }

  @Test func `writing nothing does nothing`() {
    var invocationCount = 0
    let stack = OutputStack(sink: ArraySink())
    stack.isImplicitFlushEnabled = true
    stack.write("")
    stack.start(named: "counting", chunkSize: 1) { _, _, _ in invocationCount += 1 }
    stack.write("")
    stack.write(EmptyCollection())
    #expect(invocationCount == 0)
    #expect(stack.sink.writes.isEmpty)
    #expect(stack.sink.flushCount == 0)
  }

  @Test func `a sequence without contiguous storage counts as one write`() {
    let stack = OutputStack(sink: ArraySink())
    stack.start(chunkSize: 2)
    stack.write(AnySequence([1, 2, 3, 4, 5] as [UInt8]))
    #expect(stack.sink.writes == [[1, 2, 3, 4, 5]])
  }

  @Test func `print writes into a stack`() {
    var stack = OutputStack(sink: ArraySink())
    stack.start(handler: ClosureOutputHandler.bracketing())
    print("a", 1, separator: "-", to: &stack)
    #expect(stack.contents.map(Array.init) == Array("a-1\n".utf8))
    stack.endAll()
    #expect(stack.sink.strings == ["[a-1\n]"])
  }

  @Test func `implicit flush flushes the sink after every write into it`() throws {
    let stack = OutputStack(sink: ArraySink())
    stack.write("a")
    #expect(stack.sink.flushCount == 0)
    stack.isImplicitFlushEnabled = true
    #expect(stack.sink.flushCount == 0)
    stack.write("b")
    #expect(stack.sink.flushCount == 1)
    stack.start()
    stack.write("c")
    #expect(stack.sink.flushCount == 1)
    try stack.flush()
    #expect(stack.sink.flushCount == 2)
  }

  @Test func `flushing the sink leaves buffers alone`() {
    let stack = OutputStack(sink: ArraySink())
    stack.start()
    stack.write("a")
    stack.flushSink()
    #expect(stack.sink.flushCount == 1)
    #expect(stack.sink.writes.isEmpty)
    #expect(stack.length == 1)
  }

  @Test func `the owner changes the sink in place`() {
    let stack = OutputStack(sink: ArraySink())
    stack.start()
    stack.sink.writes.append([1])
    #expect(stack.sink.writes == [[1]])
    #expect(stack.length == 0)
  }

  @Test func `a stack works over a noncopyable sink`() throws {
    let stack = OutputStack(sink: UniqueSink())
    stack.start(chunkSize: 2)
    stack.write("abc")
    try stack.endFlush()
    var text: any TextOutputStream = stack
    text.write("d")
    #expect(stack.sink.byteCount == 4)
  }

  @Test func `contents are not changed by later writes`() throws {
    let stack = OutputStack(sink: ArraySink())
    stack.start()
    stack.write("a")
    let before = try #require(stack.contents)
    let seen = stack.withContents { span in
      stack.write("b")
      return span.count
    }
    #expect(before == [UInt8(ascii: "a")])
    #expect(seen == 1)
    #expect(stack.length == 2)
    stack.discardAll()
    #expect(stack.withContents { $0.count } == nil)
  }

  @Test func `stored bytes are those of all buffers`() {
    let stack = OutputStack(sink: ArraySink())
    #expect(stack.storedByteCount == 0)
    stack.start()
    stack.write("abc")
    stack.start()
    stack.write("d")
    #expect(stack.storedByteCount == 4)
  }

  @Test func `status tells what a buffer was started with and what has become of it`() throws {
    let stack = OutputStack(sink: ArraySink())
    stack.start()
    stack.start(
      handler: ClosureOutputHandler.failing(name: "f"), chunkSize: -3, capabilities: .flushable)
    stack.write("ab")
    #expect(stack.handlerNames == ["default output handler", "f"])
    var expected = try #require(stack.statuses.last)
    #expect(expected.handlerName == "f" && expected.level == 1 && expected.hasHandler)
    #expect(expected.chunkSize == 0 && expected.length == 2)
    #expect(expected.capabilities == .flushable)
    #expect(!expected.isStarted && !expected.isDisabled && !expected.isProcessed)
    try stack.flush()
    expected.length = 0
    expected.isStarted = true
    expected.isDisabled = true
    #expect(stack.status == expected)
    #expect(stack.statuses[0].length == 2 && !stack.statuses[0].hasHandler)
  }
}

private struct UniqueSink: OutputSink, ~Copyable {
  private(set) var byteCount = 0

  mutating func write(_ bytes: Span<UInt8>) { byteCount += bytes.count }

  mutating func flush() {}
}
