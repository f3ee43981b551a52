import HTTPContentCoding

/// An encoder named gzip that fails in a chosen call.
final class FailingEncoder: ContentEncoder {
  let coding = ContentCoding.gzip
  private let failingCall: Int
  private var callCount = 0

  init(failingCall: Int) { self.failingCall = failingCall }

  func encode(
    _ input: Span<UInt8>, flush: EncoderFlush, into output: inout ContiguousArray<UInt8>
  ) throws(ContentEncoderError) {
    callCount += 1
    if callCount >= failingCall {
      throw ContentEncoderError(code: .corruptedState, message: "call \(callCount)")
    }
    for index in input.indices { output.append(input[index]) }
  }

  func reset() throws(ContentEncoderError) { callCount = 0 }
}

extension ContentCodingOffer {
  static func failing(inCall call: Int) -> ContentCodingOffer {
    ContentCodingOffer(
      coding: .gzip,
      pool: ContentEncoderPool(capacity: 1) {
        () throws(ContentEncoderError) -> sending any ContentEncoder in
        FailingEncoder(failingCall: call)
      })
  }

  /// No encoder can be made.
  static var unavailable: ContentCodingOffer {
    ContentCodingOffer(
      coding: .gzip,
      pool: ContentEncoderPool(capacity: 1) {
        () throws(ContentEncoderError) -> sending any ContentEncoder in
        throw ContentEncoderError(code: .outOfMemory, message: "no memory")
      })
  }
}
