import GzipContentCoding
import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes
import Testing

/// Flushed bytes are decodable without any later byte.
@Suite struct ResponseMachineFlushTests {
  @Test(arguments: [HTTPProtocolVersion.http1_0, .http1_1, .http2], ["gzip", nil])
  func `what is flushed is decodable without any later byte`(
    version: HTTPProtocolVersion, acceptEncoding: String?
  ) throws {
    let fixture = MachineFixture(version: version, acceptEncoding: acceptEncoding)
    var expected = ""
    for index in 0..<50 {
      let text = "event \(index) \(String(repeating: "x", count: index * 17))\n"
      expected += text
      try fixture.write(text)
      try fixture.flush()
      #expect(fixture.client.text == expected)
    }
    try fixture.finish()
    #expect(fixture.client.text == expected && fixture.client.isComplete)
  }

  @Test func `a flush before any byte sends the head, which is final`() throws {
    let fixture = MachineFixture()
    try fixture.flush()
    #expect(fixture.client.head?.framing == .chunked)
    #expect(fixture.client.contentEncoding == "gzip")
    #expect(fixture.client.wireBytes.isEmpty)
    try fixture.write("hello")
    try fixture.finish()
    #expect(fixture.client.text == "hello")
  }

  @Test func `a flush with nothing new sends nothing`() throws {
    let fixture = MachineFixture()
    try fixture.write("hello")
    try fixture.flush()
    for _ in 0..<3 {
      try fixture.machine.flush()
      #expect(!fixture.isOutputDue)
      #expect(fixture.takeOutput().isEmpty)
    }
    try fixture.finish()
    try fixture.flush()
    #expect(fixture.client.text == "hello" && fixture.client.isComplete)
  }

  @Test func `a flush below the minimum is coded, as the total isn't known`() throws {
    let fixture = MachineFixture()
    try fixture.write("0123456789")
    try fixture.flush()
    #expect(fixture.client.text == "0123456789")
    try fixture.write(.big)
    try fixture.finish()
    #expect(fixture.client.text == "0123456789" + .big)
    #expect(fixture.gzip.pool.liveCount == 0)
  }

  @Test func `events of an event stream are sent as they are written (HTML §9.2.5)`() throws {
    let fixture = MachineFixture(contentType: "text/event-stream; charset=utf-8")
    for index in 0..<3 {
      try fixture.write("data: \(index)\n\n")
      #expect(fixture.isOutputDue)
      try fixture.send()
      #expect(fixture.client.text.hasSuffix("data: \(index)\n\n"))
    }
    try fixture.write("data: unfinished")
    #expect(!fixture.isOutputDue)
    try fixture.finish()
    #expect(fixture.client.text.hasSuffix("unfinished"))
    #expect(fixture.client.contentEncoding == "gzip")
  }

  @Test func `an event that the declared length has no room for is refused whole`() throws {
    let fixture = MachineFixture(acceptEncoding: nil, contentType: "text/event-stream")
    try fixture.set(.contentLength, "4")
    #expect(code { try fixture.write("data: 1\n\n") } == .declaredLengthExceeded)
    #expect(fixture.isOpen)
    #expect(fixture.byteCountIn == 0)
    try fixture.write("a: \n")
    try fixture.finish()
    #expect(fixture.client.text == "a: \n")
  }

  @Test func `output is due when as much waits as the buffer limit`() throws {
    let fixture = MachineFixture(acceptEncoding: nil) { $0.maximumBufferedBytes = 100 }
    try fixture.machine.flush()
    try fixture.send()
    try fixture.write([UInt8](repeating: 1, count: 99))
    #expect(!fixture.isOutputDue)
    try fixture.write([1])
    #expect(fixture.isOutputDue)
  }

  @Test func `bytes that no writer waits for are limited`() throws {
    let fixture = MachineFixture(acceptEncoding: nil) { settings in
      settings.maximumBufferedBytes = 1000
      settings.maximumUnsentBytes = 100_000
    }
    let tooMuch = [UInt8](repeating: 1, count: 100_001)
    #expect(code { try fixture.write(tooMuch) } == .unsentLimitExceeded)
    #expect(fixture.isOpen, "the refused write changes nothing")
    #expect(fixture.takeOutput().isEmpty)
    try fixture.write([UInt8](repeating: 1, count: 100_000))
    #expect(code { try fixture.write([1]) } == .unsentLimitExceeded)
    try fixture.send()
    try fixture.write([1])
    try fixture.finish()
    #expect(fixture.client.content.count == 100_001)
  }

  @Test(arguments: [(Int.max, 0), (0, .max), (.max, .max)])
  func `a limit of Int.max is none`(maximumBufferedBytes: Int, minimumByteCount: Int) throws {
    let fixture = MachineFixture { settings in
      settings.maximumBufferedBytes = maximumBufferedBytes
      settings.policy.minimumByteCount = minimumByteCount
    }
    try fixture.flush()
    try fixture.write([UInt8](repeating: 1, count: 1024))
    try fixture.finish()
    #expect(fixture.client.content.count == 1024)
  }

  @Test func `a slice always fits after what the minimum size holds back`() throws {
    let fixture = MachineFixture(acceptEncoding: nil) { settings in
      settings.maximumBufferedBytes = 0
      settings.maximumUnsentBytes = 0
    }
    try fixture.write([UInt8](repeating: 1, count: 1024))
    try fixture.write([UInt8](repeating: 1, count: 64 * 1024))
    try fixture.finish()
    #expect(fixture.client.content.count == 65 * 1024)
  }

  @Test func `storage is reused`() throws {
    let fixture = MachineFixture(acceptEncoding: nil)
    try fixture.flush()
    var storage = ContiguousArray<UInt8>(repeating: 9, count: 10)
    storage.reserveCapacity(50_000)
    let capacity = storage.capacity
    let empty = fixture.machine.takeOutput(reusing: storage)
    #expect(empty.isEmpty)
    try fixture.write("hello")
    let output = fixture.takeOutput()
    #expect(output.body.elementsEqual("hello".utf8))
    #expect(output.body.capacity >= capacity)
  }

  @Test func `bytes are counted in and out`() throws {
    let fixture = MachineFixture()
    try fixture.write(.big)
    try fixture.flush()
    try fixture.write("more")
    try fixture.finish()
    try fixture.write("late")
    #expect(fixture.byteCountIn == String.big.utf8.count + 4)
    #expect(fixture.byteCountOut == fixture.client.wireBytes.count)
    #expect(fixture.discardedByteCount == 4)
  }
}
