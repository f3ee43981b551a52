import FuzzingSupport
public import GzipContentCoding
import HTTPContentCoding

/// Runs an engine's encoders through random writes, flushes and ends, and through whole bodies.
///
/// - Parameters:
///   - start: The fuzzer's bytes.
///   - count: The number of bytes.
///   - engine: The engine.
public func driveRoundTrip(_ start: UnsafeRawPointer, _ count: Int, by engine: DeflateEngine) {
  var input = unsafe FuzzInput(start, count)
  let isGzip = input.bool()
  let level = CompressionLevel(clamping: input.number(below: 10))
  let idleEncoderLimit = input.number(below: 3)
  let offer: ContentCodingOffer =
    isGzip
    ? .gzip(level: level, engine: engine, idleEncoderLimit: idleEncoderLimit)
    : .deflate(level: level, engine: engine, idleEncoderLimit: idleEncoderLimit)
  var budget = 200_000
  var memberCount = 0
  while !input.isAtEnd, memberCount < 8 {
    // An encoder for whole bodies accepts streams as well.
    let pool = input.bool() ? offer.pool : offer.wholePool
    do {
      var member = try Member(pool, isGzip ? .gzip : .zlib)
      require(pool.liveCount == 1, "one encoder is on loan")
      try member.run(&input, &budget)
    } catch {
      fatalError("an encoder threw \(error)")
    }
    memberCount += 1
    require(pool.liveCount == 0, "the lease did not give its encoder back")
    require(pool.idleCount <= idleEncoderLimit, "the pool keeps more than its limit")
  }
}

/// One member: the encoded bytes and the decoder for the output.
private struct Member: ~Copyable {
  private var lease: ContentEncoderLease
  private let pool: ContentEncoderPool
  private let decoder: StreamingInflater
  private var encoded: [UInt8] = []
  private var decoded: [UInt8] = []
  private var storage: ContiguousArray<UInt8> = []

  init(
    _ pool: ContentEncoderPool, _ format: StreamingInflater.Format
  ) throws(ContentEncoderError) {
    self.pool = pool
    lease = try pool.lease()
    decoder = StreamingInflater(format)
  }

  mutating func run(_ input: inout FuzzInput, _ budget: inout Int) throws(ContentEncoderError) {
    if input.bool() { return try runWhole(&input, &budget) }
    while !input.isAtEnd {
      let operation = input.byte()
      prepareStorage(operation)
      switch operation % 8 {
      case 0...2:
        let bytes = body(&input, &budget)
        try encode(bytes, .none)
      case 3, 4:
        let bytes = body(&input, &budget)
        try encode(bytes, .sync)
        requireSynchronized()
        try encodeNothing(.sync)
        if operation & 0x20 != 0 { try park(operation) }
        try encodeNothing(.none)
      case 5:
        try encodeSyncTwice()
      case 6:
        let bytes = body(&input, &budget)
        return try finish(bytes)
      default:
        // The lease ends in the middle of a member: the next lease must get a reset encoder.
        return
      }
    }
    try finish([])
  }

  /// Encodes a body that is known before its first byte.
  private mutating func runWhole(
    _ input: inout FuzzInput, _ budget: inout Int
  ) throws(ContentEncoderError) {
    prepareStorage(input.byte())
    var bytes = body(&input, &budget)
    // Also long ones, made by repetition.
    for _ in 0..<input.number(below: 8) where bytes.count < budget { bytes += bytes }
    budget -= bytes.count
    try lease.begin(BodyDescription(byteCount: bytes.count))
    try finish(bytes)
  }

  /// Sets how much room the encoder has: very little, none, or that of the previous call.
  private mutating func prepareStorage(_ operation: UInt8) {
    switch operation >> 5 {
    case 0: storage = []
    case 1: storage.removeAll(keepingCapacity: true)
    case let room:
      storage = []
      storage.reserveCapacity(1 << (Int(room) + 3))
    }
    // Existing output must not change.
    storage.append(contentsOf: repeatElement(0xA5, count: Int(operation >> 3 & 3) * 5))
  }

  private func body(_ input: inout FuzzInput, _ budget: inout Int) -> [UInt8] {
    let bytes = input.body().prefix(max(0, budget))
    budget -= bytes.count
    return Array(bytes)
  }

  private mutating func encode(
    _ bytes: [UInt8], _ flush: EncoderFlush
  ) throws(ContentEncoderError) {
    let previous = storage
    try lease.encode(bytes.span, flush: flush, into: &storage)
    encoded += bytes
    require(storage.starts(with: previous), "what was in the output has changed")
    let knownByteCount = decoded.count
    decoder.decode(Array(storage.dropFirst(previous.count)), into: &decoded)
    require(
      encoded.dropFirst(knownByteCount).starts(with: decoded.dropFirst(knownByteCount)),
      "the decoder has other bytes than were encoded")
    require(decoder.isAtEnd == (flush == .finish), "the member's end is misplaced")
  }

  private mutating func encodeNothing(_ flush: EncoderFlush) throws(ContentEncoderError) {
    let count = storage.count
    try lease.encode([UInt8]().span, flush: flush, into: &storage)
    require(storage.count == count, "\(storage.count - count) bytes for nothing new")
  }

  /// Parks the encoder and lets another stream use it.
  private mutating func park(_ operation: UInt8) throws(ContentEncoderError) {
    lease.park()
    guard operation & 0x40 != 0 else { return }
    var other = try pool.lease()
    var output: ContiguousArray<UInt8> = []
    try other.encode(encoded.span, flush: .none, into: &output)
  }

  private mutating func encodeSyncTwice() throws(ContentEncoderError) {
    try encode([], .sync)
    requireSynchronized()
    try encodeNothing(.sync)
  }

  private mutating func finish(_ bytes: [UInt8]) throws(ContentEncoderError) {
    try encode(bytes, .finish)
    requireSynchronized()
    let count = storage.count
    do {
      try lease.encode(bytes.span, flush: .none, into: &storage)
      fatalError("an encoder took bytes after the end")
    } catch {
      require(error.code == .invalidState, "after the end: \(error)")
    }
    require(storage.count == count, "a call that throws has appended")
  }

  private func requireSynchronized() {
    // Every byte has been compared.
    require(
      decoded.count == encoded.count, "\(decoded.count) of \(encoded.count) bytes can be decoded")
  }
}
