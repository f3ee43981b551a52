import OutputBuffering
import Testing

@Suite struct OutputFailurePolicyTests {
  typealias Stack = OutputStack<ArraySink>

  @Test func `the sink learns which handler failed, and why`() throws {
    let stack = Stack(sink: ArraySink())
    stack.start()
    stack.start(handler: ClosureOutputHandler.failing(name: "redact"))
    stack.write("secret")
    try stack.endFlush()
    try stack.endFlush()
    #expect(stack.sink.strings == ["secret"])
    let failure = try #require(stack.sink.failures.first)
    #expect(stack.sink.failures.count == 1)
    #expect(failure.handlerName == "redact")
    #expect(failure.level == 1)
    #expect(failure.policy == .passThrough)
    #expect(failure.cause is HandlerFailure)
  }

  static let endings: [@Sendable (Stack) throws -> Void] = [
    { try $0.flush() }, { try $0.clean() }, { try $0.endFlush() }, { try $0.endClean() },
    { _ = try $0.takeContents() }, { _ = try $0.endFlushReturningContents() },
    { try $0.flushAll() }, { $0.endAll() }, { $0.discardAll() },
    { $0.write(String(repeating: "s", count: 64)) },
  ]

  @Test(arguments: endings.indices)
  func `a buffer that discards sends nothing once its handler has failed`(index: Int) throws {
    let stack = Stack(sink: ArraySink())
    stack.start()
    stack.write("before;")
    stack.start(
      handler: ClosureOutputHandler.failing(), chunkSize: 64, whenHandlerFails: .discard)
    stack.write("secret")
    try Self.endings[index](stack)
    stack.write("after;")
    stack.start()
    stack.write("inner")
    stack.endAll()
    #expect(!stack.sink.text.contains("secret"))
    #expect(!stack.sink.text.contains("sss"))
    #expect(stack.sink.failures.map(\.policy) == [.discard])
  }

  @Test func `what inner buffers give to a buffer that discards is discarded and counted`() throws {
    let stack = Stack(sink: ArraySink())
    stack.start()
    stack.start(handler: ClosureOutputHandler.failing(), whenHandlerFails: .discard)
    stack.write("12345")
    try stack.flush()
    #expect(stack.discardedByteCount == 5)
    #expect(stack.status?.isDisabled == true)
    #expect(stack.status?.failurePolicy == .discard)
    stack.write("678")
    #expect(stack.discardedByteCount == 8)
    stack.start()
    stack.write("90")
    try stack.endFlush()
    #expect(stack.discardedByteCount == 10)
    stack.start()
    stack.write("ab")
    try stack.flushAll()
    try stack.endFlush()
    #expect(stack.discardedByteCount == 12)
    try stack.endFlush()
    stack.write("outside")
    stack.endAll()
    #expect(stack.sink.strings == ["outside"])
  }

  @Test func `what a handler passed on before it failed has been sent`() throws {
    var isFailing = false
    let stack = Stack(sink: ArraySink())
    stack.start(named: "redact", whenHandlerFails: .discard) { input, _, output in
      if isFailing { throw HandlerFailure() }
      output.append(copying: input)
    }
    stack.write("safe")
    try stack.flush()
    isFailing = true
    stack.write("secret")
    try stack.endFlush()
    #expect(stack.sink.strings == ["safe"])
    #expect(stack.discardedByteCount == 6)
  }

  @Test func `the scoped form discards as well`() throws {
    let stack = Stack(sink: ArraySink())
    stack.withBuffer(handler: ClosureOutputHandler.failing(), whenHandlerFails: .discard) {
      $0.write("secret")
    }
    #expect(stack.sink.writes.isEmpty)
    #expect(stack.level == 0)
  }

  @Test func `a sink that reaches for its stack when a handler fails is refused`() throws {
    final class Box {
      weak var stack: OutputStack<Sink>?
    }
    struct Sink: OutputSink {
      let box: Box
      var text = ""

      mutating func write(_ bytes: Span<UInt8>) {
        text += String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
      }

      mutating func flush() {}

      mutating func handlerFailed(_ failure: OutputHandlerFailure) {
        box.stack?.write("lost")
      }
    }
    let box = Box()
    let stack = OutputStack(sink: Sink(box: box))
    box.stack = stack
    stack.start(handler: ClosureOutputHandler.failing())
    stack.write("a")
    try stack.endFlush()
    #expect(stack.sink.text == "a")
    #expect(stack.refusedOperationCount == 1)
  }
}
