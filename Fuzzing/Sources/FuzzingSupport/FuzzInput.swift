/// The bytes of one run, read as choices.
///
/// Reading is total: past the end every choice is the first one.
public struct FuzzInput {
  private var rest: ArraySlice<UInt8>

  /// Copies what libFuzzer lends.
  ///
  /// - Parameters:
  ///   - start: The first byte.
  ///   - count: The number of bytes.
  public init(_ start: UnsafeRawPointer, _ count: Int) {
    rest = unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))[...]
  }

  /// Whether every byte has been read.
  public var isAtEnd: Bool { rest.isEmpty }

  /// The next byte, 0 at the end.
  public mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

  /// One bit's worth of choice.
  public mutating func bool() -> Bool { byte() & 1 == 1 }

  /// A number of 0 up to a limit of at most 256, which is excluded.
  public mutating func number(below limit: Int) -> Int { Int(byte()) % limit }

  /// One of some values.
  public mutating func choice<Value>(_ values: [Value]) -> Value {
    values[number(below: values.count)]
  }

  /// Up to so many bytes as they are.
  public mutating func bytes(atMost count: Int) -> [UInt8] {
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }

  /// Everything that is left.
  public mutating func remainder() -> [UInt8] { bytes(atMost: rest.count) }

  /// A body of up to 70,000 bytes, of one of several kinds: short ones are spelled out in the
  /// input, long ones are made from a seed.
  public mutating func body() -> [UInt8] {
    let kind = byte()
    if kind < 128 { return bytes(atMost: Int(kind % 32)) }
    let count = choice([
      1, 63, 64, 100, 500, 512, 1000, 1023, 1024, 1025, 4096, 16_384, 32_768, 65_535, 65_536,
      70_000,
    ])
    var seed = UInt32(byte()) &+ 1
    switch kind % 4 {
    case 0:
      return [UInt8](repeating: UInt8(truncatingIfNeeded: seed), count: count)
    case 1:
      return (0..<count).map { UInt8(truncatingIfNeeded: $0 &* Int(seed) / 7) }
    case 2:
      let text = Array("event: tick\ndata: \(seed)\n\n".utf8)
      return (0..<count).map { text[$0 % text.count] }
    default:
      return (0..<count).map { _ in
        seed = seed &* 1_664_525 &+ 1_013_904_223
        return UInt8(truncatingIfNeeded: seed >> 24)
      }
    }
  }
}
