import HTTPContentCoding
package import OutputBufferingTesting

/// A check of `ContentEncoder`'s laws, with inputs that suit every library whose encoders can't be
/// suspended.
package struct EncoderLaw: Sendable, CustomStringConvertible {
  package let description: String
  /// Runs the check.
  package let check: @Sendable (ContentEncoderLaws) throws -> Void

  private init(
    _ description: String, check: @escaping @Sendable (ContentEncoderLaws) throws -> Void
  ) {
    self.description = description
    self.check = check
  }

  /// An encoder suspended its member, which such an encoder can't.
  private struct Suspended: Error {}

  private static let short: ContiguousArray<UInt8> = [0, 0, 0, 7, 255, 0, 0, 0, 7]

  /// The checks that are fast enough for every level of a library.
  package static let all = [
    EncoderLaw("a sync flush with nothing new writes nothing") {
      try $0.checkRepeatedSync(short)
      try $0.checkRepeatedSync(Payload.text(70_000))
    },
    EncoderLaw("encoding after the end is an error") { try $0.checkFinished(short) },
    EncoderLaw("a reset makes an encoder as new") { try $0.checkReset(Payload.text(5000)) },
    EncoderLaw("what is told about a body changes no byte of it") {
      for count in [0, 10, 5000] { try $0.checkBegin(Payload.text(count)) }
    },
    EncoderLaw("a whole body in one call") {
      for count in [0, 1, 10_240] { try $0.checkWhole(Payload.text(count)) }
    },
    EncoderLaw("random calls") {
      var generator = SeededGenerator(seed: 1)
      try $0.checkRandom(using: &generator)
    },
    EncoderLaw("a member can't change hands") {
      let pieces = [0, 1, 5000, 40_000].map(Payload.text)
      if try $0.checkSuspension(pieces) != 0 { throw Suspended() }
    },
  ]

  /// Checks for some of the levels.
  package static let slow = [
    EncoderLaw("every way of cutting a short input into calls") {
      try $0.checkEverySplit(of: short)
    },
    EncoderLaw("every size and kind of body") { laws in
      let encoder = try laws.makeEncoder()
      for count in [0, 1, 2, 63, 64, 65, 255, 256, 1023, 1024, 16_383, 65_537] {
        for payload in [Payload.text(count), Payload.zeros(count), Payload.noise(count)] {
          for flush in [EncoderFlush.none, .sync] {
            for kind in [nil, BodyDescription.Kind.text, .font] {
              if let kind { try encoder.begin(BodyDescription(byteCount: count, kind: kind)) }
              try laws.checkMember([.init(input: payload, flush: flush)], with: encoder)
              try encoder.reset()
            }
          }
        }
      }
    },
  ]
}
