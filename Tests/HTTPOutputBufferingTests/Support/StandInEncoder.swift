import HTTPContentCoding

/// A stand-in for any coding without suspension, which outputs every second byte.
final class StandInEncoder: ContentEncoder {
  let coding: ContentCoding

  init(_ coding: ContentCoding) { self.coding = coding }

  static func offer(_ coding: ContentCoding) -> ContentCodingOffer {
    let pool = ContentEncoderPool(capacity: 1) {
      () throws(ContentEncoderError) -> sending any ContentEncoder in
      StandInEncoder(coding)
    }
    return ContentCodingOffer(coding: coding, pool: pool)
  }

  func encode(
    _ input: Span<UInt8>, flush: EncoderFlush, into output: inout ContiguousArray<UInt8>
  ) throws(ContentEncoderError) {
    output.append(contentsOf: repeatElement(0, count: input.count / 2))
  }

  func reset() throws(ContentEncoderError) {}
}
