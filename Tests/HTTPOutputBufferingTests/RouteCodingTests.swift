import GzipContentCoding
import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes
import Logging
import OutputBufferingTesting
import OutputBufferingTestSupport
import Testing

@Suite struct RouteCodingTests {
  private static let page = ContiguousArray(
    String(repeating: "<p>A page.</p>\n", count: 400).utf8)

  private static var logger: Logger {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
  }

  private let html = HTTPResponse(status: .ok, headerFields: [.contentType: "text/html"])

  private func coding(
    _ buffering: ResponseBuffering = ResponseBuffering(codings: [.gzip()]),
    accepting coding: String = "gzip", method: HTTPRequest.Method = .get
  ) -> RouteCoding {
    buffering.routeCoding(
      for: RequestMetadata(method: method, lines: [(name: "ACCEPT-ENCODING", value: coding)]),
      name: "\(method) /", logger: Self.logger)
  }

  private func outputs(of content: RouteContent) async throws -> ResponseOutput {
    var whole = ResponseOutput()
    while whole.end == nil {
      let output = try await content.next()
      if let head = output.head { whole.head = head }
      whole.body += output.body
      whole.end = output.end
    }
    content.acknowledge()
    return whole
  }

  @Test func `the body of a route is drawn coded, with the route's trailers`() async throws {
    let coding = coding()
    let outcome = coding.commit(html, bodyByteCount: nil) { write in
      try await write(Self.page)
      try await write([])
      try await write(Self.page)
      return [.eTag: "\"v1\"", .contentLength: "1"]
    }
    guard case .codes(let content) = outcome else {
      Issue.record("not coded")
      return
    }
    let output = try await outputs(of: content)
    #expect(output.head?.framing == .chunked)
    #expect(output.head?.response.headerFields[.contentEncoding] == "gzip")
    #expect(try InflateDecoder(.gzip).decode(output.body) == Self.page + Self.page)
    // A Content-Length can't be a trailer (RFC 9110 §6.5.1).
    guard case .complete(let trailers?) = output.end else {
      Issue.record("no trailers")
      return
    }
    #expect(trailers[.contentLength] == nil)
    #expect(trailers[.eTag] != nil)
  }

  /// A wrapper of FlyingFox's handler may read a body before it returns the response.
  @Test(.timeLimit(.minutes(1)), arguments: ["gzip", "identity"])
  func `content isn't read again after its end`(coding: String) async throws {
    let route = self.coding(accepting: coding)
    let read: RouteContent.Body = { write in
      try await write(Self.page)
      return nil
    }
    let content: RouteContent
    switch route.commit(html, bodyByteCount: nil, reading: read) {
    case .codes(let coded): content = coded
    case .passes(let uncoded): content = route.content(of: uncoded, reading: read)
    case .untouched:
      Issue.record("untouched")
      return
    }
    _ = try await outputs(of: content)
    await #expect(throws: CancellationError.self) { try await content.next() }
  }

  @Test func `a response that the engine has made is left alone`() async throws {
    let buffering = ResponseBuffering(codings: [.gzip()])
    let coding = coding(buffering)
    await coding.run {
      var outlet = buffering.start(
        for: RequestMetadata(method: .get, acceptEncoding: AcceptEncoding(fieldValues: [])),
        name: "GET /", logger: Self.logger
      ) { try await $0.write("answer") }
      guard case .output = await outlet.next() else {
        Issue.record("no output")
        return
      }
      outlet.acknowledge()
    }
    guard case .untouched = coding.commit(html, bodyByteCount: nil, reading: { _ in nil }) else {
      Issue.record("coded again")
      return
    }
  }

  @Test func `an error's page is coded after a handler of the engine has failed`() async throws {
    struct Failure: Error {}
    let buffering = ResponseBuffering(codings: [.gzip()])
    let coding = coding(buffering)
    await coding.run {
      var outlet = buffering.start(
        for: RequestMetadata(method: .get, acceptEncoding: AcceptEncoding(fieldValues: [])),
        name: "GET /", logger: Self.logger
      ) { _ in throw Failure() }
      guard case .failed = await outlet.next() else {
        Issue.record("not failed")
        return
      }
    }
    let outcome = coding.commit(html, bodyByteCount: Self.page.count) {
      try await $0(Self.page)
      return nil
    }
    guard case .codes(let content) = outcome else {
      Issue.record("not coded")
      return
    }
    _ = try await outputs(of: content)
  }

  @Test func `of two around each other the inner one decides, with the innermost mode`()
    async throws
  {
    let outer = coding()
    let mode = await outer.run {
      await RouteCoding.compressionMode(.force) {
        let inner = coding()
        let outcome = await inner.run { await RouteCoding.compressionMode(.off) { inner } }
          .commit(html, bodyByteCount: Self.page.count, reading: { _ in nil })
        if case .passes = outcome { return "passes" }
        return "other"
      }
    }
    #expect(mode == "passes")
    guard case .untouched = outer.commit(html, bodyByteCount: nil, reading: { _ in nil }) else {
      Issue.record("decided twice")
      return
    }
  }

  @Test(arguments: [4, 6])
  func `a body that passes and isn't as long as it says breaks the message off`(count: Int)
    async throws
  {
    let coding = coding(accepting: "identity")
    let body: RouteContent.Body = { write in
      try await write(ContiguousArray(repeating: 7, count: count))
      return nil
    }
    guard case .passes(let uncoded) = coding.commit(html, bodyByteCount: 5, reading: body) else {
      Issue.record("doesn't pass")
      return
    }
    await #expect(throws: ResponseError.self) {
      _ = try await outputs(of: coding.content(of: uncoded, reading: body))
    }
  }

  @Test func `nothing of a body that passes is read where none may follow`() async throws {
    let coding = coding(accepting: "identity", method: .head)
    let body: RouteContent.Body = { _ in
      Issue.record("the body was read")
      return nil
    }
    guard case .passes(let uncoded) = coding.commit(html, bodyByteCount: nil, reading: body) else {
      Issue.record("doesn't pass")
      return
    }
    let output = try await outputs(of: coding.content(of: uncoded, reading: body))
    #expect(output.head?.hasUnstatedLength == true)
    #expect(output.body.isEmpty)
  }

  @Test func `a shutdown breaks a route's response off at its deadline`() async throws {
    let service = AfterResponseService(settings: .init(responseDeadline: .zero))
    let coding = coding(ResponseBuffering(codings: [.gzip()], service: service))
    let outcome = coding.commit(html, bodyByteCount: nil) { _ in
      try await untilCancelled()
      return nil
    }
    guard case .codes(let content) = outcome else {
      Issue.record("not coded")
      return
    }
    service.beginShutdown()
    // The head may leave before.
    await #expect(throws: CancellationError.self) {
      while true { _ = try await content.next() }
    }
    #expect(throws: CancellationError.self) { try coding.checkShutdown() }
  }

  @Test func `the task of a body ends when its content is dropped`() async throws {
    let (ended, end) = AsyncStream.makeStream(of: Void.self)
    do {
      let outcome = coding().commit(html, bodyByteCount: nil) { write in
        defer { end.finish() }
        while true { try await write(Self.page) }
      }
      guard case .codes(let content) = outcome else {
        Issue.record("not coded")
        return
      }
      _ = try await content.next()
    }
    for await _ in ended {}
  }

  @Test func `a request is described by any number of lines`() {
    var lines = (0..<70_000).map { (name: "x-\($0)", value: "y") }
    lines.append((name: "connection", value: "Keep-Alive, Close"))
    let request = RequestMetadata(method: .get, lines: lines)
    #expect(request.asksToClose)
  }

  @Test func `a head that HTTPTypes can't hold is none (RFC 9110 §15)`() {
    let field = HTTPField(name: .vary, value: "*")
    #expect(HTTPResponse(sendable: 1000, fields: []) == nil)
    #expect(HTTPResponse(sendable: 99, fields: []) == nil)
    #expect(HTTPResponse(sendable: 200, fields: repeatElement(field, count: 70_000)) == nil)
    #expect(HTTPResponse(sendable: 200, fields: [field])?.headerFields[.vary] == "*")
  }
}
