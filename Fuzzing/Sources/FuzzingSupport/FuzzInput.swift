/// The bytes of one run, as a source of choices.
///
/// Reading is total: at the end of the input every choice is the first one.
public struct FuzzInput {
  private var rest: ArraySlice<UInt8>

  /// Copies the bytes that libFuzzer provides.
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

  /// Returns a choice of one bit.
  public mutating func bool() -> Bool { byte() & 1 == 1 }

  /// Returns a number from 0 to less than a limit, which is at most 256.
  public mutating func number(below limit: Int) -> Int { Int(byte()) % limit }

  /// Returns one of the values.
  public mutating func choice<Value>(_ values: [Value]) -> Value {
    values[number(below: values.count)]
  }

  /// Returns at most this many bytes unchanged.
  public mutating func bytes(atMost count: Int) -> [UInt8] {
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }

  /// Returns the remaining bytes.
  public mutating func remainder() -> [UInt8] { bytes(atMost: rest.count) }

  /// Returns a body of up to 70,000 bytes, of one of several kinds: a short one is part of the
  /// input, a long one is generated from a seed.
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
