import GzipContentCoding
import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes
import Testing

/// Lengths of coded content that vary with the content (BREACH).
@Suite struct PaddedContentTests {
  private func fixture(
    _ acceptEncoding: String = "gzip", limit: Int = 200,
    codings: [ContentCodingOffer] = [StandInEncoder.offer(.brotli), .deflate(), .gzip()]
  ) -> MachineFixture {
    MachineFixture(acceptEncoding: acceptEncoding) {
      $0.codings = codings
      $0.policy.maximumPaddingByteCount = limit
    }
  }

  private func length(of text: String, limit: Int) throws -> Int {
    let fixture = fixture(limit: limit)
    try fixture.write(text)
    try fixture.finish()
    #expect(fixture.client.text == text && fixture.client.isComplete)
    #expect(fixture.client.field(.contentLength) == String(fixture.client.wireBytes.count))
    return fixture.client.wireBytes.count
  }

  @Test func `The same page has the same exact length, another one another`() throws {
    var paddings: Set<Int> = []
    for index in 0..<50 {
      let text = .big + "\(index)"
      let plain = try length(of: text, limit: 0)
      let padded = try length(of: text, limit: 200)
      #expect(plain...(plain + 200) ~= padded)
      #expect(try length(of: text, limit: 200) == padded)
      paddings.insert(padded - plain)
    }
    #expect(paddings.count > 20)
  }

  @Test func `A body that an adapter keeps is padded alike`() throws {
    let kept = fixture()
    try kept.machine.finish(with: Array(String.big.utf8).span)
    try kept.send()
    #expect(try length(of: .big, limit: 200) == kept.client.wireBytes.count)
  }

  @Test(arguments: ["br", "deflate", "br, deflate"])
  func `A client that accepts nothing that can be padded gets identity`(field: String) throws {
    let fixture = fixture(field)
    try fixture.write(.big)
    try fixture.finish()
    #expect(fixture.client.contentEncoding == nil)
    #expect(fixture.decision?.reason == .notAcceptable)
  }

  @Test func `What can't be padded isn't on offer beside what can`() throws {
    let fixture = fixture("br, deflate, gzip")
    try fixture.write(.big)
    try fixture.finish()
    #expect(fixture.client.contentEncoding == "gzip")
  }

  /// Two offers of gzip, of which only the second supports padding.
  private static let twoOffers = [StandInEncoder.offer(.gzip), .gzip(level: 1)]

  @Test(arguments: [false, true])
  func `Of two offers of a coding it takes the one that can be padded`(isStream: Bool) throws {
    let padded = fixture(codings: Self.twoOffers)
    let plain = fixture(limit: 0, codings: Self.twoOffers)
    for fixture in [padded, plain] {
      try fixture.write(.big)
      if isStream { try fixture.machine.flush() }
      try fixture.machine.finish()
    }
    try padded.send()
    #expect(padded.client.contentEncoding == "gzip" && padded.client.text == .big)
    // Without padding the first offer counts, whose encoder writes zeros.
    #expect(plain.takeOutput().body.prefix(10) == ContiguousArray(repeating: 0, count: 10)[...])
  }

  @Test func `Where neither of two offers can be padded, identity goes out`() throws {
    let fixture = fixture(codings: [Self.twoOffers[0], Self.twoOffers[0]])
    try fixture.write(.big)
    try fixture.finish()
    #expect(fixture.client.contentEncoding == nil && fixture.client.text == .big)
  }

  @Test func `A cheaper encoder under load has to support padding as well`() throws {
    let load = EncoderLoad(processorCount: 1)
    for (cheaper, coding) in [(Self.twoOffers[0], nil), (Self.twoOffers[1], "gzip")] {
      let fixture = fixture(codings: [.gzip().lowered(to: cheaper, under: load)])
      try fixture.write(.big)
      try fixture.finish()
      #expect(fixture.client.contentEncoding == coding)
    }
  }

  @Test func `A stream is padded by what is known of it, and isn't coded where that is nothing`()
    throws
  {
    var lengths: Set<Int> = []
    for index in 0..<30 {
      let stream = fixture()
      try stream.write("\(index)")
      try stream.flush()
      let first = stream.client.wireBytes.count
      #expect(stream.client.text == "\(index)" && stream.client.contentEncoding == "gzip")
      lengths.insert(first)
      try stream.write(.big)
      try stream.finish()
      #expect(stream.client.isComplete)
    }
    #expect(lengths.count > 10)
    let unknown = fixture()
    try unknown.flush()
    #expect(unknown.client.contentEncoding == nil)
    #expect(unknown.decision?.reason == .unpaddable)
  }

  /// The ways in which a response is committed while its first bytes are known.
  enum Beginning: CaseIterable {
    case longWrite, longFinish, longHeld, released, releasedForNext
  }

  @Test(arguments: Beginning.allCases)
  func `A stream that begins with known bytes is padded by them`(beginning: Beginning) throws {
    var lengths: Set<Int> = []
    for index in 0..<20 {
      let fixture = MachineFixture(acceptEncoding: "gzip") {
        $0.policy.maximumPaddingByteCount = 200
        $0.maximumBufferedBytes = 4096
        $0.maximumWholeBytes = 4096
      }
      let body = ContiguousArray("\(index)".utf8) + ContiguousArray(repeating: 97, count: 5000)
      switch beginning {
      case .longWrite: try fixture.machine.write(body.span)
      case .longFinish: try fixture.machine.finish(with: body.span)
      case .longHeld:
        fixture.machine.isBodyInMemory = true
        try fixture.machine.write(body.span.extracting(first: 4000))
        try fixture.machine.write(body.span.extracting(droppingFirst: 4000))
      case .released:
        try fixture.machine.write(body.span.extracting(first: 4000))
        let held = try fixture.machine.commitReleasing(adding: 0)
        try fixture.machine.write(held.span)
      case .releasedForNext:
        _ = try fixture.machine.commitReleasing(adding: body.count, content: body.span)
        try fixture.machine.write(body.span)
      }
      try fixture.machine.finish()
      try fixture.send()
      #expect(fixture.client.contentEncoding == "gzip" && fixture.client.isComplete, "\(index)")
      #expect(fixture.client.text.hasPrefix("\(index)aaa"))
      lengths.insert(fixture.client.wireBytes.count)
    }
    #expect(lengths.count > 10)
  }

  @Test func `The setting may come before the codings, or after them`() throws {
    var settings = ResponseSettings(
      codings: [], policy: CompressionPolicy(maximumPaddingByteCount: 5))
    settings.codings = [.deflate(), .gzip()]
    #expect(settings.offered == [.gzip])
    settings.policy.maximumPaddingByteCount = 0
    #expect(settings.offered == [.deflate, .gzip])
  }
}
