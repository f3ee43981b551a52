public import FuzzingSupport
public import HTTPContentCoding
import OutputBufferingTesting

/// Runs a pool's encoders through random writes, flushes and ends, with and without a body
/// description.
///
/// - Parameters:
///   - input: The fuzzer's bytes.
///   - pool: The pool.
///   - coding: The coding of its encoders.
public func driveRoundTrip(
  _ input: inout FuzzInput, _ pool: ContentEncoderPool, _ coding: ContentCoding
) {
  var budget = 200_000
  var memberCount = 0
  while !input.isAtEnd, memberCount < 8 {
    guard let decoder = coding.makeDecoder() else { fatalError("no decoder of \(coding)") }
    do {
      var member = Member(try pool.lease(), decoder)
      require(pool.liveCount == 1, "one encoder is on loan")
      try member.run(&input, &budget)
    } catch {
      fatalError("an encoder or a decoder threw \(error)")
    }
    memberCount += 1
    require(pool.liveCount == 0, "the lease did not give its encoder back")
    require(pool.idleCount <= pool.capacity, "the pool keeps more than its limit")
  }
}

/// One member: the encoded bytes and the decoder for the output.
private struct Member: ~Copyable {
  private var lease: ContentEncoderLease
  private let decoder: any StreamingDecoder
  private var encoded: ContiguousArray<UInt8> = []
  private var decodedCount = 0
  private var storage: ContiguousArray<UInt8> = []

  init(_ lease: consuming ContentEncoderLease, _ decoder: any StreamingDecoder) {
    self.lease = lease
    self.decoder = decoder
  }

  mutating func run(_ input: inout FuzzInput, _ budget: inout Int) throws {
    let kind: BodyDescription.Kind = [.text, .font, .other][input.number(below: 3)]
    var body = BodyDescription(kind: kind)
    if input.bool() { body.paddingByteCount = input.number(below: 100) }
    let isWhole = input.bool()
    let whole = isWhole ? bytes(&input, &budget) : []
    if isWhole, input.bool() { body.byteCount = whole.count }
    try lease.begin(body)
    if isWhole {
      // The declared length holds for every division into calls.
      let middle = input.number(below: whole.count + 1)
      try encode(whole[..<middle], input.bool() ? .sync : .none)
      return try finish(whole[middle...])
    }
    while !input.isAtEnd {
      let operation = input.byte()
      // Very little room, or none.
      storage = []
      storage.reserveCapacity(operation & 0x80 == 0 ? 0 : 1 << (Int(operation >> 5 & 3) + 3))
      switch operation % 6 {
      case 0, 1: try encode(bytes(&input, &budget)[...], .none)
      case 2:
        try encode(bytes(&input, &budget)[...], .sync)
        try encodeNothing(.sync)
        lease.park()
        try encodeNothing(.none)
      case 3:
        try encode([], .sync)
        try encodeNothing(.sync)
      case 4: return try finish(bytes(&input, &budget)[...])
      // The lease ends in the middle of a member: the next lease must get a reset encoder.
      default: return
      }
    }
    try finish([])
  }

  private func bytes(_ input: inout FuzzInput, _ budget: inout Int) -> ContiguousArray<UInt8> {
    let bytes = input.body().prefix(max(0, budget))
    budget -= bytes.count
    return ContiguousArray(bytes)
  }

  private mutating func encode(
    _ bytes: ContiguousArray<UInt8>.SubSequence, _ flush: EncoderFlush
  ) throws {
    let bytes = ContiguousArray(bytes)
    let previous = storage
    try lease.encode(bytes.span, flush: flush, into: &storage)
    encoded += bytes
    require(storage.starts(with: previous), "what was in the output has changed")
    let decoded = try decoder.decode(ContiguousArray(storage.dropFirst(previous.count)))
    require(
      encoded.dropFirst(decodedCount).starts(with: decoded),
      "the decoder has other bytes than were encoded")
    decodedCount += decoded.count
    require(decoder.isAtEnd == (flush == .finish), "the member's end is misplaced")
    if flush != .none {
      require(decodedCount == encoded.count, "\(decodedCount) of \(encoded.count) bytes decoded")
    }
  }

  private mutating func encodeNothing(_ flush: EncoderFlush) throws {
    let count = storage.count
    try lease.encode(Span(), flush: flush, into: &storage)
    require(storage.count == count, "\(storage.count - count) bytes for nothing new")
  }

  private mutating func finish(_ bytes: ContiguousArray<UInt8>.SubSequence) throws {
    try encode(bytes, .finish)
    let count = storage.count
    let again = encoded
    do throws(ContentEncoderError) {
      try lease.encode(again.span, flush: .none, into: &storage)
      fatalError("an encoder took bytes after the end")
    } catch {
      require(error.code == .invalidState, "after the end: \(error)")
    }
    require(storage.count == count, "a call that throws has appended")
  }
}
