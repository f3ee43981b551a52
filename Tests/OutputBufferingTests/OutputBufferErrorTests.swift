import OutputBuffering
import Testing

@Suite struct OutputBufferErrorTests {
  typealias Stack = OutputStack<ArraySink>

  /// An operation with the capability it needs.
  struct Refusable: Sendable, CustomTestStringConvertible {
    var operation: OutputBufferError.Operation
    var capability: OutputBufferCapabilities
    var code: OutputBufferError.Code
    var perform: @Sendable (Stack) throws -> Void

    var testDescription: String { operation.description }
  }

  static let operations = [
    Refusable(operation: .flush, capability: .flushable, code: .notFlushable) { try $0.flush() },
    Refusable(operation: .clean, capability: .cleanable, code: .notCleanable) { try $0.clean() },
    Refusable(operation: .endFlush, capability: .removable, code: .notRemovable) {
      try $0.endFlush()
    },
    Refusable(operation: .endClean, capability: .removable, code: .notRemovable) {
      try $0.endClean()
    },
    Refusable(operation: .takeContents, capability: .removable, code: .notRemovable) {
      _ = try $0.takeContents()
    },
    Refusable(
      operation: .endFlushReturningContents, capability: .removable, code: .notRemovable
    ) {
      _ = try $0.endFlushReturningContents()
    },
  ]

  @Test(arguments: operations)
  func `an operation without a buffer is refused`(_ refusable: Refusable) {
    let stack = Stack(sink: ArraySink())
    let expected = OutputBufferError(code: .noBuffer, operation: refusable.operation)
    #expect(throws: expected) { try refusable.perform(stack) }
  }

  @Test(arguments: operations)
  func `an operation that the buffer does not allow changes nothing`(_ refusable: Refusable) {
    let stack = Stack(sink: ArraySink())
    stack.start()
    stack.start(
      handler: ClosureOutputHandler.bracketing(name: "b"),
      capabilities: OutputBufferCapabilities.standard.subtracting(refusable.capability))
    stack.write("a")
    let statuses = stack.statuses
    let expected = OutputBufferError(
      code: refusable.code, operation: refusable.operation, handlerName: "b", level: 1)
    #expect(throws: expected) { try refusable.perform(stack) }
    #expect(stack.statuses == statuses)
    #expect(stack.contents == [UInt8(ascii: "a")])
  }

  @Test(arguments: operations)
  func `an operation needs no other capability than its own`(_ refusable: Refusable) throws {
    let stack = Stack(sink: ArraySink())
    stack.start(capabilities: refusable.capability)
    stack.write("a")
    try refusable.perform(stack)
    #expect(stack.storedByteCount == 0)
  }

  @Test func `a message names operation, reason and buffer`() {
    let error = OutputBufferError(
      code: .notFlushable, operation: .flush, handlerName: "gzip", level: 2)
    #expect(error.message == "flush: the output buffer is not flushable: gzip (level 2)")
    #expect("\(error)" == error.message)
    #expect(
      OutputBufferError(code: .noBuffer, operation: .clean).message
        == "clean: no output buffer is open")
  }
}
