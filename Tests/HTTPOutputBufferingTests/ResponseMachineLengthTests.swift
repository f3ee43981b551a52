import GzipContentCoding
import HTTPContentCoding
import HTTPTypes
import Testing

@testable import HTTPOutputBuffering

/// A declared length is kept or broken visibly.
@Suite struct ResponseMachineLengthTests {
  private func identity(length: String) throws -> MachineFixture {
    let fixture = MachineFixture(acceptEncoding: nil)
    try fixture.set(.contentLength, length)
    return fixture
  }

  @Test func `a declared length that is kept is sent, also with a flush`() throws {
    let fixture = try identity(length: "10")
    try fixture.write("01234")
    try fixture.flush()
    #expect(fixture.client.head?.framing == .contentLength(10))
    try fixture.write("56789")
    try fixture.finish()
    #expect(fixture.client.text == "0123456789" && fixture.client.isComplete)
  }

  @Test(arguments: [
    ("5", ResponseError.Code.declaredLengthExceeded), ("20", .declaredLengthNotReached),
  ])
  func `another length leaves an open response open`(length: String, expected: ResponseError.Code)
    throws
  {
    let fixture = try identity(length: length)
    try fixture.write("0123456789")
    #expect(code { try fixture.machine.finish() } == expected)
    #expect(fixture.isOpen)
    try fixture.machine.reset()
    try fixture.write("sorry")
    try fixture.finish()
    #expect(fixture.client.text == "sorry")
    #expect(fixture.client.field(.contentLength) == "5")
  }

  @Test func `more bytes than declared are refused after the commit`() throws {
    let fixture = try identity(length: "5")
    try fixture.flush()
    #expect(code { try fixture.write("0123456789") } == .declaredLengthExceeded)
    try fixture.write("01234")
    try fixture.finish()
    #expect(fixture.client.text == "01234" && fixture.client.isComplete)
  }

  @Test(arguments: [5, 11])
  func `a declared length is also kept with trailers, which omit the field (RFC 9112 §6.2)`(
    byteCount: Int
  ) throws {
    let fixture = try identity(length: "10")
    try fixture.machine.setTrailers([.eTag: "\"v1\""])
    try fixture.flush()
    #expect(fixture.client.head?.framing == .chunked)
    let expected: ResponseError.Code =
      byteCount > 10 ? .declaredLengthExceeded : .declaredLengthNotReached
    let found = code {
      try fixture.write([UInt8](repeating: 1, count: byteCount))
      try fixture.machine.finish()
    }
    #expect(found == expected)
    fixture.machine.abort()
    try fixture.send()
    #expect(fixture.client.isAborted)
  }

  @Test(arguments: ["gzip", nil], [6199, 6201])
  func `a body of another length than its source said isn't whole, coded or not`(
    acceptEncoding: String?, expected: Int
  ) throws {
    let whole = MachineFixture(acceptEncoding: acceptEncoding)
    whole.machine.expect(bodyByteCount: expected)
    #expect(code { try whole.machine.finish(with: Array(String.big.utf8).span) } != nil)
    #expect(whole.isOpen && whole.byteCountIn == 0)

    let streamed = MachineFixture(acceptEncoding: acceptEncoding)
    streamed.machine.expect(bodyByteCount: expected)
    try streamed.flush()
    let found = code {
      try streamed.write(.big)
      try streamed.machine.finish()
    }
    #expect(
      found == (expected < 6200 ? .declaredLengthExceeded : .declaredLengthNotReached))
    streamed.machine.abort()
    try streamed.send()
    #expect(streamed.client.isAborted)
  }

  @Test func `a body of the length that its source said is whole`() throws {
    for acceptEncoding in ["gzip", nil] {
      let fixture = MachineFixture(acceptEncoding: acceptEncoding)
      fixture.machine.expect(bodyByteCount: 6200)
      try fixture.write(.big)
      try fixture.flush()
      try fixture.finish()
      #expect(fixture.client.text == .big && fixture.client.isComplete)
    }
  }

  @Test(arguments: [HTTPProtocolVersion.http1_0, .http1_1], ["gzip", nil])
  func `a body that leaves uncoded before its end states the length that its source said`(
    version: HTTPProtocolVersion, acceptEncoding: String?
  ) throws {
    let fixture = MachineFixture(version: version, acceptEncoding: acceptEncoding) {
      $0.maximumBufferedBytes = 1000
      $0.maximumWholeBytes = 1000
    }
    fixture.machine.expect(bodyByteCount: 6200)
    try fixture.write(.big)
    try fixture.flush()
    let isCoded = version == .http1_1 && acceptEncoding != nil
    let fields = fixture.client.head?.response.headerFields
    #expect(fields?[.contentEncoding] == (isCoded ? "gzip" : nil))
    #expect(fields?[.contentLength] == (isCoded ? nil : "6200"))
    try fixture.finish()
    #expect(fixture.client.text == .big && fixture.client.isComplete)
  }

  @Test(arguments: [HTTPResponse.Status.noContent, .notModified, .resetContent])
  func `an expected length isn't stated where there is no content`(
    status: HTTPResponse.Status
  ) throws {
    let fixture = MachineFixture(acceptEncoding: nil, status: status)
    fixture.machine.expect(bodyByteCount: 6200)
    try fixture.flush()
    let length = fixture.client.head?.response.headerFields[.contentLength]
    #expect(length == (status == .resetContent ? "0" : nil))
  }

  @Test func `fewer bytes than declared abort a committed message`() throws {
    let fixture = try identity(length: "5")
    try fixture.write("0123")
    try fixture.flush()
    #expect(code { try fixture.machine.finish() } == .declaredLengthNotReached)
    try fixture.send()
    #expect(fixture.client.isAborted)
    #expect(code { try fixture.set(.eTag, nil) } == .ended)
  }

  @Test func `a flush finds more than declared and leaves the response open`() throws {
    let fixture = try identity(length: "5")
    try fixture.write("0123456789")
    #expect(code { try fixture.machine.flush() } == .declaredLengthExceeded)
    #expect(fixture.isOpen)
    #expect(fixture.takeOutput().isEmpty)
  }

  @Test func `a coded body drops the declared length (RFC 9110 §8.6)`() throws {
    let fixture = MachineFixture()
    try fixture.set(.contentLength, "6200")
    try fixture.flush()
    #expect(fixture.client.contentEncoding == "gzip")
    #expect(fixture.client.field(.contentLength) == nil)
    try fixture.write(.big)
    try fixture.finish()
    #expect(fixture.client.text == .big)
  }

  @Test(arguments: [100, 6201])
  func `a declared length is kept by a coded body too (RFC 9110 §8.6)`(byteCount: Int) throws {
    for version in [HTTPProtocolVersion.http1_1, .http2] {
      let fixture = MachineFixture(version: version)
      try fixture.set(.contentLength, "6200")
      try fixture.flush()
      #expect(fixture.client.contentEncoding == "gzip")
      let found = code {
        try fixture.write([UInt8](repeating: 1, count: byteCount))
        try fixture.machine.finish()
      }
      #expect(found == (byteCount > 6200 ? .declaredLengthExceeded : .declaredLengthNotReached))
      fixture.machine.abort()
      try fixture.send()
      #expect(fixture.client.isAborted)
      #expect(fixture.gzip.pool.liveCount == 0)
    }
  }

  @Test func `more than declared is refused before the limit of what is held, coded or not`()
    throws
  {
    let fixture = MachineFixture { $0.maximumBufferedBytes = 1000 }
    try fixture.set(.contentLength, "5000")
    try fixture.write([UInt8](repeating: 1, count: 1000))
    let rest = [UInt8](repeating: 1, count: 4001)
    #expect(code { try fixture.machine.checkDeclaredLength(adding: 4001) } != nil)
    #expect(code { try fixture.write(rest) } == .declaredLengthExceeded)
    #expect(fixture.isOpen && fixture.byteCountIn == 1000)
    #expect(fixture.gzip.pool.liveCount == 0)
    try fixture.write(Array(rest.dropLast()))
    try fixture.finish()
    #expect(fixture.client.contentEncoding == "gzip")
    #expect(fixture.client.isComplete && fixture.client.content.count == 5000)
  }

  @Test(arguments: [6199, 6201])
  func `a whole body that would be coded keeps its declared length, or nothing is sent`(
    declared: Int
  ) throws {
    let written = MachineFixture()
    try written.set(.contentLength, String(declared))
    try written.write(.big)
    let expected: ResponseError.Code =
      declared < 6200 ? .declaredLengthExceeded : .declaredLengthNotReached
    #expect(code { try written.machine.finish() } == expected)
    #expect(written.isOpen && written.takeOutput().isEmpty)

    let whole = MachineFixture()
    try whole.set(.contentLength, String(declared))
    #expect(code { try whole.machine.finish(with: Array(String.big.utf8).span) } == expected)
    #expect(whole.isOpen && whole.byteCountIn == 0 && whole.takeOutput().isEmpty)
    try whole.set(.contentLength, "6200")
    try whole.machine.finish(with: Array(String.big.utf8).span)
    try whole.send()
    #expect(whole.client.contentEncoding == "gzip" && whole.client.text == .big)
  }

  @Test func `two lengths that differ can't both be kept, coded or not`() throws {
    for acceptEncoding in ["gzip", nil] {
      let fixture = MachineFixture(acceptEncoding: acceptEncoding)
      try fixture.set(.contentLength, "6200")
      fixture.machine.expect(bodyByteCount: 6100)
      #expect(code { try fixture.machine.flush() } == .declaredLengthNotReached)
      #expect(fixture.isOpen)
    }
  }

  @Test(arguments: ["gzip", nil])
  func `a response to HEAD, or with 406, has no content that could be too short`(
    acceptEncoding: String?
  ) throws {
    let head = MachineFixture(method: .head, acceptEncoding: acceptEncoding)
    try head.set(.contentLength, "6200")
    try head.flush()
    try head.write("less")
    try head.finish()
    #expect(head.client.isComplete)
    #expect(head.client.contentEncoding == acceptEncoding)

    let refused = MachineFixture(acceptEncoding: "identity;q=0") {
      $0.policy.refusesUnacceptable = true
    }
    try refused.set(.contentLength, "6200")
    try refused.flush()
    try refused.write("less")
    try refused.finish()
    #expect(refused.client.head?.response.status == .notAcceptable)
    #expect(refused.client.isComplete && refused.client.wireBytes.isEmpty)
  }

  @Test func `a declared length below the minimum is not coded, and kept`() throws {
    let fixture = MachineFixture()
    try fixture.set(.contentLength, "10")
    try fixture.flush()
    #expect(fixture.client.head?.framing == .contentLength(10))
    #expect(fixture.decision?.reason == .belowMinimumSize)
    #expect(code { try fixture.write("0123456789a") } == .declaredLengthExceeded)
    try fixture.write("0123456789")
    try fixture.finish()
    #expect(fixture.client.text == "0123456789")
  }

  @Test(arguments: ["", "abc", "-1", "1, 1", "99999999999999999999", "+5", "5 "])
  func `a length that is no number counts for nothing`(length: String) throws {
    let fixture = try identity(length: length)
    try fixture.write("hello")
    try fixture.finish()
    let isPadded = length == "5 "
    #expect(fixture.client.field(.contentLength) == "5", "\(isPadded)")
    #expect(fixture.client.text == "hello")
  }

  @Test func `two lengths count for nothing (RFC 9112 §6.3)`() throws {
    let fixture = MachineFixture(acceptEncoding: nil)
    try fixture.machine.updateHead {
      $0.headerFields.append(HTTPField(name: .contentLength, value: "3"))
      $0.headerFields.append(HTTPField(name: .contentLength, value: "4"))
    }
    try fixture.write("hello")
    try fixture.finish()
    #expect(fixture.client.head?.response.headerFields[values: .contentLength] == ["5"])
  }

  @Test func `finish(with:) leaves with an exact length however long it is`() throws {
    let fixture = MachineFixture(acceptEncoding: nil) { $0.maximumBufferedBytes = 10 }
    let body = Array(String.big.utf8)
    try fixture.machine.finish(with: body.span)
    try fixture.send()
    #expect(fixture.client.head?.framing == .contentLength(body.count))
    #expect(fixture.client.content == body)
  }

  @Test func `finish(with:) carries on what has been flushed, and ends nothing twice`() throws {
    let fixture = MachineFixture()
    try fixture.write("head ")
    try fixture.flush()
    try fixture.machine.finish(with: Array("tail".utf8).span)
    try fixture.machine.finish(with: Array("late".utf8).span)
    try fixture.send()
    #expect(fixture.client.text == "head tail" && fixture.client.isComplete)
    #expect(fixture.discardedByteCount == 4)
  }

  @Test func `finish(with:) that is refused can be called again`() throws {
    let fixture = try identity(length: "5")
    try fixture.write("0")
    for _ in 0..<2 {
      #expect(
        code { try fixture.machine.finish(with: Array("123".utf8).span) }
          == .declaredLengthNotReached)
      #expect(fixture.isOpen && fixture.byteCountIn == 1)
    }
    try fixture.machine.finish(with: Array("1234".utf8).span)
    try fixture.send()
    #expect(fixture.client.text == "01234" && fixture.client.isComplete)
  }

  @Test func `finish(with:) on a status without content discards`() throws {
    let fixture = MachineFixture(status: .noContent)
    try fixture.machine.finish(with: Array("oops".utf8).span)
    try fixture.send()
    #expect(fixture.client.head?.framing == .noContent)
    #expect(fixture.discardedByteCount == 4)
  }
}
