import Testing

@testable import HTTPOutputBuffering

/// What may read a request's body, and until when.
@Suite(.timeLimit(.minutes(1))) struct RequestBodyGateTests {
  private static func expectRefusal(_ operation: () throws(ResponseError) -> Void) {
    let error = #expect(throws: ResponseError.self) { try operation() }
    #expect(error?.code == .requestBodyUnavailable)
  }

  @Test func `one iteration is let in`() throws {
    let gate = RequestBodyGate()
    try gate.claim()
    Self.expectRefusal(gate.claim)
  }

  @Test func `one read at a time is let in`() throws {
    let gate = RequestBodyGate()
    try gate.beginRead()
    Self.expectRefusal(gate.beginRead)
    gate.endRead()
    try gate.beginRead()
  }

  @Test func `nothing is let in once it is closed`() throws {
    let gate = RequestBodyGate()
    gate.close()
    Self.expectRefusal(gate.claim)
    Self.expectRefusal(gate.beginRead)
  }

  @Test func `closing waits for the read that is underway`() async throws {
    let gate = RequestBodyGate()
    await gate.closed()
    let busy = RequestBodyGate()
    try busy.beginRead()
    let closing = Task { await busy.closed() }
    // The reason of the refusal changes once the task waits, or is about to.
    try busy.claim()
    while !"\(Result { try busy.claim() })".contains("after the end") { await Task.yield() }
    #expect(busy.isReading)
    busy.endRead()
    await closing.value
  }

  @Test func `cancellation ends the wait`() async throws {
    let gate = RequestBodyGate()
    try gate.beginRead()
    let closing = Task { await gate.closed() }
    closing.cancel()
    await closing.value
    #expect(gate.isReading)
  }
}
