import GzipContentCoding
import HTTPContentCoding
@testable import HTTPOutputBuffering
import HTTPTypes
import OutputBufferingTestSupport
import OutputBufferingTesting
import Testing

/// Bodies in memory: their length is exact up to a separate limit, coded or not.
@Suite struct ResponseMachineWholeTests {
  static let page = Array(String(repeating: "It was the best of times. ", count: 4000).utf8)

  @Test(arguments: ["gzip", nil])
  func `what is written before a flush leaves with an exact length`(acceptEncoding: String?) throws
  {
    let fixture = MachineFixture(acceptEncoding: acceptEncoding)
    fixture.machine.isBodyInMemory = true
    for start in stride(from: 0, to: Self.page.count, by: 10_000) {
      try fixture.write(Array(Self.page[start..<min(start + 10_000, Self.page.count)]))
      #expect(fixture.isOpen && !fixture.isOutputDue)
    }
    try fixture.finish()
    #expect(fixture.client.contentEncoding == acceptEncoding)
    #expect(fixture.client.field(.contentLength) == String(fixture.client.wireBytes.count))
    #expect(fixture.client.content == Self.page && fixture.client.isComplete)
  }

  @Test func `a body beyond the limit is streamed`() throws {
    let fixture = MachineFixture { $0.maximumWholeBytes = 100_000 }
    fixture.machine.isBodyInMemory = true
    try fixture.write(Array(Self.page[..<100_000]))
    #expect(fixture.isOpen)
    try fixture.write(Array(Self.page[100_000...]))
    #expect(!fixture.isOpen)
    try fixture.finish()
    #expect(fixture.client.field(.contentLength) == nil)
    #expect(fixture.client.content == Self.page && fixture.client.isComplete)
  }

  @Test func `the limit is never below that of pieces`() throws {
    let fixture = MachineFixture {
      $0.maximumWholeBytes = 0
      $0.maximumBufferedBytes = 200_000
    }
    fixture.machine.isBodyInMemory = true
    try fixture.write(Self.page)
    #expect(fixture.isOpen)
  }

  @Test func `a flush sends what was held`() throws {
    let fixture = MachineFixture()
    fixture.machine.isBodyInMemory = true
    try fixture.write(Self.page)
    try fixture.flush()
    #expect(fixture.client.field(.contentLength) == nil)
    try fixture.finish()
    #expect(fixture.client.content == Self.page && fixture.client.isComplete)
  }

  @Test func `an event doesn't wait for later ones`() throws {
    let fixture = MachineFixture(contentType: "text/event-stream")
    fixture.machine.isBodyInMemory = true
    try fixture.write("data: 1\n\n")
    #expect(fixture.isOutputDue)
  }

  @Test func `an end that is done in parts is that of one call`() throws {
    let fixture = MachineFixture()
    fixture.machine.isBodyInMemory = true
    try fixture.write(Self.page)
    var callCount = 1
    while try !fixture.machine.finish(coding: 10_000) {
      #expect(fixture.isOpen && !fixture.isOutputDue)
      #expect(fixture.gzip.pool.liveCount == 1)
      callCount += 1
    }
    #expect(callCount == (Self.page.count + 9_999) / 10_000)
    try fixture.send()
    #expect(fixture.gzip.pool.liveCount == 0)
    #expect(fixture.client.field(.contentLength) == String(fixture.client.wireBytes.count))
    #expect(fixture.client.content == Self.page && fixture.client.isComplete)
  }

  @Test func `an end that is given up half-way leaves no trace`() throws {
    let fixture = MachineFixture()
    try fixture.write(.big)
    #expect(try fixture.machine.finish(coding: 1000) == false)
    fixture.machine.abort()
    #expect(fixture.gzip.pool.liveCount == 0)
    let output = fixture.takeOutput()
    #expect(output.head == nil && output.body.isEmpty && output.end == .aborted)
  }

  @Test func `what doesn't become smaller is given up before all of it is coded`() throws {
    var random = SeededGenerator(seed: 7)
    let noise = (0..<200_000).map { _ in UInt8.random(in: 0...255, using: &random) }
    let fixture = MachineFixture()
    fixture.machine.isBodyInMemory = true
    try fixture.write(noise)
    while try !fixture.machine.finish(coding: 10_000) {}
    try fixture.send()
    #expect(fixture.decision?.reason == .noSavings)
    #expect(fixture.client.field(.contentLength) == "200000")
    #expect(fixture.client.content == noise)
  }

  @Test func `finish(with:) streams what is longer, where it is coded`() throws {
    let fixture = MachineFixture { $0.maximumWholeBytes = 100_000 }
    try fixture.machine.finish(with: Self.page.span)
    try fixture.send()
    #expect(fixture.client.contentEncoding == "gzip")
    #expect(fixture.client.field(.contentLength) == nil)
    #expect(fixture.client.content == Self.page && fixture.client.isComplete)
  }

  /// HTTP/1.0 has no streams whose end a client could detect.
  @Test func `finish(with:) sends to HTTP 1.0 as it is what is longer`() throws {
    let fixture = MachineFixture(version: .http1_0) { $0.maximumWholeBytes = 100_000 }
    try fixture.machine.finish(with: Self.page.span)
    try fixture.send()
    #expect(fixture.decision?.reason == .httpVersion)
    #expect(fixture.client.field(.contentLength) == String(Self.page.count))
    #expect(fixture.client.content == Self.page)
  }

  @Test func `HEAD of what is longer claims no length`() throws {
    let fixture = MachineFixture(method: .head) { $0.maximumWholeBytes = 100_000 }
    try fixture.machine.finish(with: Self.page.span)
    try fixture.send()
    #expect(fixture.client.field(.contentLength) == nil)
    #expect(fixture.client.content.isEmpty)
  }

  @Test func `what was held is given back by a commit that doesn't wait for the rest`() throws {
    let fixture = MachineFixture()
    fixture.machine.isBodyInMemory = true
    try fixture.write(Self.page)
    let held = try fixture.machine.commitReleasing(adding: 0)
    #expect(Array(held) == Self.page && fixture.byteCountIn == 0 && !fixture.isOpen)
    try fixture.machine.write(held.span)
    try fixture.finish()
    #expect(fixture.client.content == Self.page && fixture.client.isComplete)
  }

  @Test func `a commit that is refused keeps what was held`() throws {
    let fixture = MachineFixture(acceptEncoding: nil)
    try fixture.set(.contentLength, "10")
    try fixture.write(.big)
    #expect(
      code { _ = try fixture.machine.commitReleasing(adding: 0) } == .declaredLengthExceeded)
    #expect(fixture.isOpen && fixture.byteCountIn == 6200)
    try fixture.set(.contentLength, nil)
    try fixture.finish()
    #expect(fixture.client.content == Array(String.big.utf8))
  }
}
