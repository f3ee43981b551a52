import GzipContentCoding
import HTTPContentCoding
import HTTPOutputBuffering
import HTTPOutputBufferingTesting
import HTTPTypes
import Testing

@Suite struct HandlerTests {
  private static let page = String(repeating: "It was the best of times. ", count: 240)
  private static let html = HTTPResponse(status: .ok, headerFields: [.contentType: "text/html"])

  private let buffering = ResponseBuffering(codings: [.gzip()])

  struct Failure: Error {}

  @Test func `a page is received decoded, with its decision and its length on the wire`()
    async throws
  {
    let received = try await buffering.test(head: Self.html) { try await $0.write(Self.page) }
    #expect(received.head?.status == .ok && received.head?.headerFields[.contentEncoding] == "gzip")
    #expect(received.text == Self.page)
    #expect(received.decision?.reason == .coded)
    #expect(received.framing == .contentLength(received.contentByteCount))
    #expect(received.contentByteCount < 1000)
    #expect(received.isComplete && !received.isFinishedEarly)
    #expect(received.connectionStatus == .finished && received.error == nil)
  }

  @Test func `what is written after the end is discarded, and the rest was finished early`()
    async throws
  {
    let received = try await buffering.test { response in
      try await response.write("thank you")
      try await response.finish(.close)
      try await response.write("late")
    }
    #expect(received.text == "thank you" && received.isComplete)
    #expect(received.isFinishedEarly && received.closesConnection)
    #expect(received.discardedByteCount == 4)
  }

  @Test func `an error before the head leaves nothing, and one after it a broken message`()
    async throws
  {
    let before = try await buffering.test { response in
      try await response.write("a page")
      throw Failure()
    }
    #expect(before.head == nil && before.body.isEmpty && before.error is Failure)
    let after = try await buffering.test(head: Self.html) { response in
      try await response.write(Self.page)
      try await response.flush()
      throw Failure()
    }
    #expect(after.head != nil && after.text == Self.page && !after.isComplete)
    #expect(after.error is Failure && after.connectionStatus == .aborted)
  }

  @Test(arguments: [ClientDeparture.beforeHead, .afterHead, .afterContent(6)])
  func `a client that leaves cancels the handler, and the hooks run`(
    departure: ClientDeparture
  ) async throws {
    let received = try await buffering.test(clientLeaves: departure) { response in
      for _ in 0..<3 {
        try await response.write("hello ")
        try await response.flush()
      }
      // Only a client that is still connected gets here.
      Issue.record("the client has left")
    }
    #expect(!received.isComplete && received.connectionStatus == .aborted)
    #expect((received.error as? ResponseError)?.code == .disconnected)
    #expect(received.text == (departure == .beforeHead ? "" : "hello "))
  }

  @Test func `a handler that ignores a disconnect works on, and what it writes is discarded`()
    async throws
  {
    let received = try await buffering.test(clientLeaves: .afterHead) { response in
      response.ignoresDisconnect = true
      try await response.write("hello")
      try await response.flush()
      try await response.write("nobody")
    }
    #expect(received.error == nil && received.connectionStatus == .aborted)
    #expect(received.text == "hello" && received.discardedByteCount == 6)
  }

  @Test func `a client that would leave after all of it stays`() async throws {
    let received = try await buffering.test(clientLeaves: .afterHead) { response in
      try await response.write("all of it")
    }
    #expect(received.isComplete && received.connectionStatus == .finished)
  }

  @Test func `hooks and their order are those of a server`() async throws {
    let received = try await buffering.test { response in
      try response.beforeCommit { $0.headerFields[.setCookie] = "a=1" }
      try response.atEnd { #expect($0 == .finished) }
      try await response.sendInformational(HTTPResponse(status: .earlyHints))
      try response.setTrailers([.eTag: "\"v1\""])
      try await response.write("x")
    }
    #expect(received.head?.headerFields[.setCookie] == "a=1")
    #expect(received.informational.map(\.status) == [.earlyHints])
    #expect(received.trailers == [.eTag: "\"v1\""] && received.framing == .chunked)
  }

  @Test func `a response to HEAD has the fields of GET and no content`() async throws {
    let head = HTTPRequest(
      method: .head, scheme: "http", authority: "localhost", path: "/",
      headerFields: [.acceptEncoding: "gzip"])
    let received = try await buffering.test(head, version: .http2, head: Self.html) {
      try await $0.write(Self.page)
    }
    #expect(received.framing == .noContent && received.body.isEmpty && received.isComplete)
    #expect(received.head?.headerFields[.contentEncoding] == "gzip")
  }

  @Test func `compression is switched off for one response`() async throws {
    let received = try await buffering.test(head: Self.html) { response in
      response.compressionMode = .off
      #expect(response.compressionMode == .off)
      try await response.write(Self.page)
    }
    #expect(received.decision?.reason == .switchedOff && received.text == Self.page)
    #expect(received.contentByteCount == Self.page.utf8.count)
  }
}
