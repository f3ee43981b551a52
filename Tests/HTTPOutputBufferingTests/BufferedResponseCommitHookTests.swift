import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes
import Logging
import OutputBuffering
import OutputBufferingTestSupport
import Testing

/// The hooks before the commit run once, whatever commits (PHP: `header_register_callback()`).
@Suite(.timeLimit(.minutes(2))) struct BufferedResponseCommitHookTests {
  struct Failure: Error {}

  /// The operation that commits a response.
  enum Way: CaseIterable {
    case returning, finishing, flushing, overflowing, overflowingSynchronously, flushingSink
    case implicitFlush, eventStream, head, noContent, inBuffer, afterRefusedFinish
  }

  @Test(arguments: Way.allCases, ["gzip", nil])
  func `hooks change the head on every way to the commit, once`(
    way: Way, acceptEncoding: String?
  ) async throws {
    let server = FakeServer { $0.maximumBufferedBytes = 2048 }
    let reception = try await server.respond(
      method: way == .head ? .head : .get, acceptEncoding: acceptEncoding,
      contentType: way == .eventStream ? "text/event-stream" : "text/html"
    ) { response in
      try response.beforeCommit { head in
        server.log.add("first")
        head.headerFields[.setCookie] = "session=1"
      }
      try response.beforeCommit { [unowned response] head in
        server.log.add("second \(response.isOpen) \(head.headerFields[.setCookie] ?? "")")
        head.status = way == .noContent ? .noContent : .created
      }
      try await commit(way, response)
    }
    await server.idle()
    #expect(server.log.all.filter { $0 != "end" } == ["first", "second true session=1"])
    let head = try #require(reception.client.head?.response)
    #expect(head.headerFields[.setCookie] == "session=1")
    #expect(head.status == (way == .noContent ? .noContent : .created))
    #expect(reception.failure == nil && !reception.wasAborted)
  }

  private func commit(_ way: Way, _ response: BufferedResponse) async throws {
    let page = ContiguousArray<UInt8>(repeating: 0x61, count: 5000)
    switch way {
    case .returning, .noContent: try await response.write("page")
    case .finishing:
      try await response.write("page")
      try await response.finish()
      try await response.write("late")
    case .flushing:
      try await response.flush()
      try await response.write(page.span)
      try await response.flush()
    case .overflowing, .head: try await response.write(page.span)
    case .overflowingSynchronously:
      response.output.write(page.span)
      #expect(response.isOpen)
      try await response.write("rest")
      #expect(!response.isOpen)
    case .flushingSink:
      response.output.write("page")
      response.output.flushSink()
      #expect(response.isOpen)
      try await response.write("")
      #expect(!response.isOpen)
    case .implicitFlush:
      response.output.isImplicitFlushEnabled = true
      try await response.write("page")
      #expect(!response.isOpen)
    case .eventStream:
      try await response.write("data: 1\n\n")
      #expect(!response.isOpen)
    case .inBuffer:
      response.output.start(chunkSize: 16)
      for _ in 0..<500 { try await response.write("0123456789abcdef") }
      #expect(!response.isOpen)
    case .afterRefusedFinish:
      try response.updateHead { $0.headerFields[.contentLength] = "3" }
      response.output.isImplicitFlushEnabled = false
      try await response.write("page")
      await #expect(throws: ResponseError.self) { try await response.finish() }
      try response.updateHead { $0.headerFields[.contentLength] = nil }
    }
  }

  @Test func `hooks run again for the head that comes after a reset`() async throws {
    let server = FakeServer()
    let reception = try await server.respond { response in
      try response.beforeCommit { $0.headerFields[.setCookie] = "session=1" }
      try response.updateHead { $0.headerFields[.contentLength] = "3" }
      try await response.write("page")
      await #expect(throws: ResponseError.self) { try await response.finish() }
      try response.reset()
      #expect(response.head.headerFields[.setCookie] == nil)
      try await response.write("another page")
    }
    #expect(reception.client.head?.response.headerFields[.setCookie] == "session=1")
  }

  @Test func `a hook may write, register another, and see the body`() async throws {
    let server = FakeServer()
    let reception = try await server.respond(acceptEncoding: nil) { response in
      try response.beforeCommit { [unowned response] head in
        response.output.write("from the hook")
        head.headerFields[.eTag] = "\"\(response.bodyByteCount)\""
        try? response.beforeCommit { $0.headerFields[.server] = "second" }
      }
      try await response.write("page ")
    }
    #expect(reception.client.head?.response.headerFields[.eTag] == "\"18\"")
    #expect(reception.client.head?.response.headerFields[.server] == "second")
    #expect(reception.client.head?.response.headerFields[.contentLength] == "18")
  }

  @Test func `a hook that chooses a status or a type decides the coding`() async throws {
    let server = FakeServer()
    let reception = try await server.respond { response in
      try response.beforeCommit { $0.headerFields[.contentType] = "image/png" }
      try await response.write(.big)
    }
    #expect(reception.client.head?.response.headerFields[.contentEncoding] == nil)
  }

  @Test func `a hook that discards the response runs once, and its head holds`() async throws {
    let server = FakeServer()
    let reception = try await server.respond { response in
      try response.updateHead { $0.headerFields[.setCookie] = "page=1" }
      try response.beforeCommit { [unowned response] head in
        server.log.add("hook")
        // Registering it again would never end.
        guard server.log.all.count == 1 else { return }
        try? response.reset()
        head = HTTPResponse(status: .serviceUnavailable)
      }
      try await response.write("a page that isn't wanted any more")
    }
    await server.idle()
    #expect(server.log.all.filter { $0 != "end" } == ["hook"])
    #expect(reception.client.head?.response.status == .serviceUnavailable)
    #expect(reception.client.head?.response.headerFields[.setCookie] == nil)
    #expect(reception.client.head?.framing == .contentLength(0))
  }

  @Test func `a hook may change the head by way of the response`() async throws {
    let server = FakeServer()
    let reception = try await server.respond { response in
      try response.beforeCommit { [unowned response] _ in
        try? response.updateHead { $0.headerFields[.setCookie] = "session=1" }
      }
      try await response.write("page")
    }
    await server.idle()
    #expect(reception.client.head?.response.headerFields[.setCookie] == "session=1")
  }

  @Test func `hooks don't run where nothing of the response is committed`() async throws {
    let server = FakeServer()
    let failed = try await server.respond { response in
      try response.beforeCommit { _ in server.log.add("hook") }
      try await response.write("page")
      throw Failure()
    }
    #expect(failed.failure is Failure)
    let started = Gate()
    let exchange = server.start { response in
      response.ignoresDisconnect = true
      try response.beforeCommit { _ in server.log.add("hook") }
      started.open()
      while response.connectionStatus == .open { await Task.yield() }
      try await response.write("page")
      try await response.finish()
    }
    await started.wait()
    exchange.disconnected()
    await server.idle()
    #expect(!server.log.all.contains("hook"))
  }

  @Test func `hooks don't run for a head with too many fields, which has no room for theirs`()
    async throws
  {
    let server = FakeServer()
    let reception = try await server.respond { response in
      try response.beforeCommit { head in
        server.log.add("hook")
        head.headerFields.append(HTTPField(name: .setCookie, value: "session=1"))
      }
      try response.updateHead { head in
        let field = HTTPField(name: .cookie, value: "a")
        head.headerFields.append(contentsOf: repeatElement(field, count: 65_533))
      }
      let refusal = await #expect(throws: ResponseError.self) { try await response.flush() }
      #expect(refusal?.code == .tooManyFields)
      #expect(server.log.all == [])
      try response.updateHead { $0.headerFields = [.contentType: "text/html"] }
      try await response.write("page")
    }
    await server.idle()
    #expect(server.log.all.filter { $0 != "end" } == ["hook"])
    #expect(reception.client.head?.response.headerFields[.setCookie] == "session=1")
  }

  @Test func `after the commit a hook is refused`() async throws {
    let server = FakeServer()
    _ = try await server.respond { response in
      try await response.flush()
      #expect(refusal(of: response) == .committed)
      try await response.finish()
      #expect(refusal(of: response) == .ended)
    }
    await server.idle()
  }

  @Test func `what may wait before a deferred commit is bounded`() async throws {
    let server = FakeServer {
      $0.maximumBufferedBytes = 1024
      $0.maximumUnsentBytes = 100_000
    }
    let reception = try await server.respond { response in
      try response.beforeCommit { _ in }
      for _ in 0..<200 { response.output.write(String(repeating: "x", count: 1000)) }
      #expect(response.bodyByteCount <= 100_000)
      try await response.write("")
    }
    #expect((reception.failure as? ResponseError)?.code == .unsentLimitExceeded)
  }

  /// Why a hook is refused.
  private func refusal(of response: BufferedResponse) -> ResponseError.Code? {
    do throws(ResponseError) {
      try response.beforeCommit { _ in }
      return nil
    } catch {
      return error.code
    }
  }

  private func log(
    _ handler: @escaping @Sendable (BufferedResponse) async throws -> Void
  ) async throws -> [String] {
    let recorder = RecordingLogHandler()
    let server = FakeServer()
    let logger = Logger(label: "test", factory: { _ in recorder })
    _ = try await server.start(logger: logger, handler).receiveAll()
    await server.idle()
    return zip(recorder.messages, recorder.lines).map { "\($0) \($1)" }
  }

  @Test func `a response that isn't coded says why in a line at debug`() async throws {
    let small = try await log { try await $0.write("small") }
    #expect(small == ["debug response not coded debug belowMinimumSize"])
    let coded = try await log { try await $0.write(.big) }
    #expect(coded.isEmpty)
  }

  @Test(arguments: [OutputFailurePolicy.passThrough, .discard])
  func `an output handler that throws is logged and counted`(policy: OutputFailurePolicy)
    async throws
  {
    let before = TestMetrics.shared.value("output_buffering_handler_failures")
    let lines = try await log { response in
      response.output.start(named: "redact", whenHandlerFails: policy) { _, _, _ in
        throw Failure()
      }
      try await response.write("secret")
    }
    let warnings = lines.filter { $0.hasPrefix("warning output handler failed") }
    #expect(warnings.count == 1)
    #expect(warnings.first?.contains("redact") == true)
    #expect(TestMetrics.shared.value("output_buffering_handler_failures") > before)
  }

  @Test func `a handler that uses its own stack is reported once`() async throws {
    let lines = try await log { response in
      response.output.start(named: "reentrant") { [unowned response] input, _, output in
        response.output.start()
        response.output.write("lost")
        output.append(copying: input)
      }
      try await response.write("page")
    }
    #expect(lines.count { $0.hasPrefix("warning refused operations of output handlers") } == 1)
  }
}
