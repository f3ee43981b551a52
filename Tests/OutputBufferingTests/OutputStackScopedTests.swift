import OutputBuffering
import Testing

@Suite struct OutputStackScopedTests {
  let stack = OutputStack(sink: ArraySink())

  @Test func `the buffer is sent when the body returns`() {
    let result = stack.withBuffer(handler: ClosureOutputHandler.bracketing()) { stack in
      stack.write("a")
      return stack.level
    }
    #expect(result == 1)
    #expect(stack.level == 0)
    #expect(stack.sink.strings == ["[a]"])
  }

  @Test func `the buffer is discarded when the body throws`() {
    #expect(throws: HandlerFailure.self) {
      try stack.withBuffer { stack in
        stack.write("a")
        stack.start()
        stack.write("b")
        throw HandlerFailure()
      }
    }
    #expect(stack.level == 0)
    #expect(stack.sink.writes.isEmpty)
  }

  @Test func `capabilities and buffers left open inside cannot keep it open`() {
    stack.start()
    stack.withBuffer(handler: ClosureOutputHandler.bracketing(), capabilities: []) { stack in
      stack.write("a")
      stack.start(handler: ClosureOutputHandler.bracketing(), capabilities: [])
      stack.write("b")
    }
    #expect(stack.level == 1)
    #expect(stack.contents.map(Array.init) == Array("[a[b]]".utf8))
  }

  @Test(arguments: [false, true])
  func `a body that ends the buffer itself does not end outer ones`(isThrowing: Bool) throws {
    stack.start()
    stack.write("outer")
    do {
      try stack.withBuffer { stack in
        stack.write("inner")
        try stack.endFlush()
        if isThrowing { throw HandlerFailure() }
      }
    } catch is HandlerFailure {}
    #expect(stack.level == 1)
    #expect(stack.contents.map(Array.init) == Array("outerinner".utf8))
  }

  @Test func `a buffer started in place of one that the body ended is ended as well`() throws {
    try stack.withBuffer { stack in
      try stack.endClean()
      stack.start()
      stack.write("a")
    }
    #expect(stack.level == 0)
    #expect(stack.sink.strings == ["a"])
  }

  @Test func `a body may end outer buffers too`() throws {
    stack.start()
    stack.write("a")
    stack.withBuffer { stack in
      stack.write("b")
      stack.endAll()
      stack.write("c")
    }
    #expect(stack.level == 0)
    #expect(stack.sink.strings == ["ab", "c"])
  }

  @Test func `the asynchronous form is sent or discarded the same way`() async throws {
    await stack.withBuffer { stack in
      stack.write("a")
      await Task.yield()
      stack.write("b")
    }
    await #expect(throws: HandlerFailure.self) {
      try await stack.withBuffer { stack in
        stack.write("c")
        await Task.yield()
        throw HandlerFailure()
      }
    }
    #expect(stack.level == 0)
    #expect(stack.sink.strings == ["ab"])
  }
}

@MainActor @Suite struct OutputStackIsolationTests {
  @Test func `the asynchronous form runs where its caller does`() async {
    let stack = OutputStack(sink: ArraySink())
    let isOnMainActor = await stack.withBuffer { stack in
      await Task.yield()
      stack.write("a")
      return #isolation === MainActor.shared
    }
    #expect(isOnMainActor)
    #expect(stack.sink.strings == ["a"])
  }
}
