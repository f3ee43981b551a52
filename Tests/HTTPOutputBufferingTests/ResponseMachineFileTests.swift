import HTTPContentCoding
import HTTPTypes
import Testing

@testable import HTTPOutputBuffering

/// Files, which pass unread if nothing has to read them.
struct ResponseMachineFileTests {
  /// A file that the test expects not to be read.
  private struct Unread: ResponseFile {
    var byteCount: Int

    func check() throws {}

    func read(from offset: Int, upTo limit: Int) async throws -> ContiguousArray<UInt8> { [] }
  }

  private let long = Unread(byteCount: 1_000_000)

  private func pass(_ file: Unread, to fixture: MachineFixture) throws -> Bool {
    try fixture.machine.pass(file)
  }

  @Test func `What isn't coded commits and passes after what was written`() throws {
    let fixture = MachineFixture(acceptEncoding: nil)
    try fixture.write("before")
    #expect(try pass(long, to: fixture))
    #expect(fixture.isOutputDue)
    let output = fixture.takeOutput()
    #expect(output.head?.framing == .chunked)
    #expect(output.body == ContiguousArray("before".utf8))
    #expect(output.file?.byteCount == long.byteCount)
    #expect(fixture.byteCountIn == 1_000_006)
    #expect(fixture.byteCountOut == 1_000_006)
    #expect(!fixture.isOutputDue)
  }

  @Test func `What is coded, or would be, has to be read`() throws {
    let fixture = MachineFixture()
    #expect(try !pass(long, to: fixture))
    #expect(fixture.isOpen)
    try fixture.write(.big)
    try fixture.flush()
    #expect(try !pass(long, to: fixture))
    #expect(fixture.byteCountIn == 6200)
  }

  @Test func `What can be held has to be read, so that its length is known`() throws {
    let fixture = MachineFixture(acceptEncoding: nil)
    #expect(try !pass(Unread(byteCount: 1000), to: fixture))
    #expect(fixture.isOpen)
  }

  @Test func `A declared length holds for files that have to be read too`() throws {
    let fixture = MachineFixture()
    try fixture.set(.contentLength, "1000005")
    try fixture.write("before")
    #expect(
      code { try fixture.machine.checkDeclaredLength(adding: long.byteCount) }
        == .declaredLengthExceeded)
    try fixture.set(.contentLength, "1000006")
    try fixture.machine.checkDeclaredLength(adding: long.byteCount)
    #expect(try !pass(long, to: fixture))
  }

  @Test func `A declared length holds for files`() throws {
    let fixture = MachineFixture(acceptEncoding: nil)
    try fixture.set(.contentLength, "1000005")
    try fixture.write("before")
    #expect(code { _ = try pass(long, to: fixture) } == .declaredLengthExceeded)
    #expect(fixture.isOpen)
    try fixture.set(.contentLength, "1000006")
    #expect(try pass(long, to: fixture))
    _ = fixture.takeOutput()
    #expect(code { _ = try pass(Unread(byteCount: 1), to: fixture) } == .declaredLengthExceeded)
    try fixture.machine.finish()
    #expect(fixture.takeOutput().end == .complete(trailers: nil))
  }

  @Test(arguments: [
    (HTTPRequest.Method.head, HTTPResponse.Status.ok), (.get, .noContent), (.get, .notModified),
  ])
  func `Where no content can go a file is discarded`(
    method: HTTPRequest.Method, status: HTTPResponse.Status
  ) throws {
    let fixture = MachineFixture(method: method, acceptEncoding: nil, status: status)
    #expect(try pass(long, to: fixture))
    #expect(fixture.takeOutput().file == nil)
    #expect(fixture.discardedByteCount == long.byteCount)
  }

  @Test func `After the end, and after an abort, a file is discarded`() throws {
    let finished = MachineFixture(acceptEncoding: nil)
    try finished.finish()
    #expect(try pass(long, to: finished))
    #expect(finished.discardedByteCount == long.byteCount)
    let aborted = MachineFixture(acceptEncoding: nil)
    #expect(try pass(long, to: aborted))
    aborted.machine.abort()
    #expect(aborted.takeOutput().file == nil)
  }

  @Test func `A client that accepts nothing gets nothing of a file`() throws {
    let fixture = MachineFixture(acceptEncoding: "identity;q=0") {
      $0.policy.refusesUnacceptable = true
    }
    #expect(try pass(long, to: fixture))
    #expect(fixture.head.status == .notAcceptable)
    #expect(fixture.takeOutput().file == nil)
    #expect(fixture.discardedByteCount == long.byteCount)
  }
}
