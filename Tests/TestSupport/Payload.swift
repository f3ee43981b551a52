/// Bodies to encode.
package enum Payload {
  package static var none: ContiguousArray<UInt8> { [] }

  /// Words in random order, about as compressible as prose; up to 1 MiB.
  package static func text(_ count: Int) -> ContiguousArray<UInt8> {
    ContiguousArray(megabyteOfText.prefix(count))
  }

  /// Incompressible bytes; up to 1 MiB.
  package static func noise(_ count: Int) -> ContiguousArray<UInt8> {
    ContiguousArray(megabyteOfNoise.prefix(count))
  }

  private static let megabyteOfText: ContiguousArray<UInt8> = {
    var generator = SeededGenerator(seed: 1952)
    let words = [
      "output ", "buffer ", "handler ", "flush ", "gzip ", "<p>", "</p>\n", "0123456789",
    ]
    var bytes: ContiguousArray<UInt8> = []
    while bytes.count < 1 << 20 {
      bytes += words[Int.random(in: 0..<words.count, using: &generator)].utf8
    }
    return bytes
  }()

  private static let megabyteOfNoise: ContiguousArray<UInt8> = {
    var generator = SeededGenerator(seed: 1950)
    var bytes: ContiguousArray<UInt8> = []
    while bytes.count < 1 << 20 {
      let random = generator.next()
      for shift in stride(from: 0, to: 64, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: random >> UInt64(shift)))
      }
    }
    return bytes
  }()

  /// Extremely compressible bytes.
  package static func zeros(_ count: Int) -> ContiguousArray<UInt8> {
    ContiguousArray(repeating: 0, count: count)
  }
}
