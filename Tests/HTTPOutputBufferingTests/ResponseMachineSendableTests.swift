import HTTPContentCoding
import HTTPTypes
import Testing

@testable import HTTPOutputBuffering

/// Heads and counts from a handler that must not end the process.
@Suite struct ResponseMachineSendableTests {
  /// The maximum number of fields in HTTPTypes.
  private static let fullHead: HTTPFields = {
    var fields: HTTPFields = [.contentType: "text/html"]
    for number in 1..<65_534 { fields.append(HTTPField(name: .numbered(number), value: "")) }
    return fields
  }()

  enum Commit: CaseIterable {
    case finish, flush, longWrite, wholeBody, event
  }

  private func commit(_ fixture: MachineFixture, by way: Commit) throws {
    switch way {
    case .finish: try fixture.machine.finish()
    case .flush: try fixture.machine.flush()
    case .longWrite: try fixture.write([UInt8](repeating: 1, count: 100_000))
    case .wholeBody: try fixture.machine.finish(with: Array("text".utf8).span)
    case .event:
      try fixture.set(.contentType, "text/event-stream")
      try fixture.write("data: 1\n\n")
    }
  }

  @Test(arguments: Commit.allCases)
  func `more fields than may be sent are refused, and the response stays open`(way: Commit) throws {
    let fixture = MachineFixture()
    try fixture.machine.updateHead { $0.headerFields = Self.fullHead }
    #expect(code { try commit(fixture, by: way) } == .tooManyFields)
    #expect(fixture.isOpen && !fixture.isOutputDue && fixture.byteCountIn == 0)
    #expect(fixture.passThrough(10) == nil)
    try fixture.machine.reset()
    try fixture.write(.big)
    try fixture.finish()
    #expect(fixture.client.contentEncoding == "gzip")
  }

  @Test func `as many fields as may be sent have room for those of the commit`() throws {
    let fixture = MachineFixture { $0.explainsDecision = true }
    let fields = Self.fullHead.prefix(HTTPFields.maximumSendableCount)
    try fixture.machine.updateHead { $0.headerFields = HTTPFields(fields) }
    fixture.machine.closeConnectionAtEnd()
    try fixture.write(.big)
    try fixture.finish()
    #expect(fixture.client.contentEncoding == "gzip")
    #expect(fixture.client.field(.connection) == "close")
    #expect(fixture.client.field(.decision) == "coded")
    #expect(fixture.client.isComplete)
  }

  @Test func `trailers are as many as their type holds`() throws {
    let fixture = MachineFixture()
    try fixture.machine.setTrailers(HTTPFields(Self.fullHead.dropFirst()))
    try fixture.write(.big)
    try fixture.finish()
    guard case .complete(let trailers) = fixture.client.end else {
      Issue.record("no end")
      return
    }
    #expect(trailers?.count == 65_533)
  }

  @Test(arguments: [0, 1, 99], Commit.allCases)
  func `a status below 100 is none to send (RFC 9110 §15)`(status: Int, way: Commit) throws {
    let fixture = MachineFixture()
    try fixture.setStatus(.init(code: status))
    #expect(code { try commit(fixture, by: way) } == .invalidStatus)
    #expect(fixture.isOpen && fixture.passThrough(10) == nil)
  }

  @Test(arguments: [200, 299, 599, 600, 999])
  func `a status of three digits is sent (RFC 9110 §15)`(status: Int) throws {
    let fixture = MachineFixture(status: .init(code: status))
    try fixture.write(.big)
    try fixture.finish()
    #expect(fixture.client.head?.response.status.code == status)
  }

  @Test(arguments: [
    "9223372036854775807", "9223372036854775808", "99999999999999999999999999", "-1", "+1", "1e3",
    "",
    "1, 1", "0x10", " 5", "５",
  ])
  func `a declared length is a number or nothing (RFC 9110 §8.6)`(value: String) throws {
    for way in Commit.allCases {
      let fixture = MachineFixture(acceptEncoding: nil)
      try fixture.set(.contentLength, value)
      _ = code { try commit(fixture, by: way) }
      _ = code { try fixture.write(.big) }
      _ = code { try fixture.machine.finish() }
    }
    let isLength = value == "9223372036854775807"
    #expect(HTTPFields.contentLength(value) == (isLength ? .max : nil))
  }

  /// A device has no length against which to check a region.
  private struct Endless: ResponseFile {
    var byteCount: Int { .max }
    func check() throws {}
    func read(from offset: Int, upTo limit: Int) async throws -> ContiguousArray<UInt8> { [] }
  }

  @Test(arguments: [HTTPRequest.Method.get, .head])
  func `files of any length are counted up to the largest number`(method: HTTPRequest.Method) throws
  {
    let fixture = MachineFixture(method: method, acceptEncoding: nil)
    try fixture.write("before")
    for _ in 1...3 {
      #expect(try fixture.machine.pass(Endless()))
      _ = fixture.takeOutput()
      try fixture.write("behind")
    }
    _ = fixture.takeOutput()
    if method == .head {
      #expect(fixture.discardedByteCount == .max)
    } else {
      #expect(fixture.byteCountIn == .max && fixture.byteCountOut == .max)
    }
  }

  @Test(arguments: [Int.min, -1])
  func `a body that is shorter than nothing has no length`(byteCount: Int) throws {
    let fixture = MachineFixture(acceptEncoding: nil)
    #expect(fixture.passThrough(byteCount)?.framing == .chunked)
    #expect(fixture.head.headerFields[.contentLength] == nil && fixture.byteCountIn == 0)
    let coded = MachineFixture()
    coded.machine.expect(bodyByteCount: byteCount)
    try coded.write(.big)
    try coded.finish()
    #expect(coded.client.isComplete)
  }

  @Test(arguments: [Int.min, -1, 0, .max])
  func `any number is a limit`(limit: Int) throws {
    let fixture = MachineFixture {
      $0 = ResponseSettings(
        codings: $0.codings, maximumBufferedBytes: limit, maximumUnsentBytes: limit)
      $0.policy.minimumByteCount = limit
    }
    try fixture.write(.big)
    try fixture.finish()
    #expect(fixture.client.isComplete)
  }
}

extension HTTPField.Name {
  fileprivate static func numbered(_ number: Int) -> Self { Self("\(number)") ?? .link }
}
