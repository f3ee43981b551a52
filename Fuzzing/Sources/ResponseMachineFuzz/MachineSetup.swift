import FuzzingSupport
import GzipContentCoding
import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes

/// The request and the settings, selected by the first bytes of an input.
struct MachineSetup {
  let request: RequestMetadata
  let settings: ResponseSettings
  let head: HTTPResponse
  /// Whether an encoder may throw.
  let isFailing: Bool

  init(_ input: inout FuzzInput) {
    let accept = input.choice([
      ["gzip"], ["gzip, deflate;q=0.5"], ["deflate"], [], [""], ["identity;q=0, gzip"],
      ["*;q=0"], ["identity;q=0"], ["gzip;q=0.5, identity"], ["br", "*;q=0.1"],
    ])
    request = RequestMetadata(
      method: input.choice([.get, .post, .head, .connect]),
      version: input.choice([.http1_1, .http2, .http1_0]),
      acceptEncoding: AcceptEncoding(fieldValues: accept),
      ifNoneMatch: input.choice([
        [], ["W/\"strong--gzip\""], ["\"strong\", W/\"strong--deflate\"", "*"],
        ["\"", "W/\"weak\""],
      ]))
    let offers = input.number(below: 6)
    isFailing = offers == 5
    let callCount = input.number(below: 8)
    settings = ResponseSettings(
      codings: Self.codings(offers, callCount: callCount),
      policy: CompressionPolicy(
        minimumByteCount: input.choice([0, 1, 16, 1024, -1, .max]),
        mode: input.choice([.automatic, .automatic, .force, .off]),
        refusesUnacceptable: input.bool()),
      maximumBufferedBytes: input.choice([1000, 0, 1, 10, 100, 65_536, -1, .max]),
      maximumUnsentBytes: input.choice([16_777_216, 0, 100, 70_000, .max]),
      explainsDecision: input.bool())
    var head = HTTPResponse(status: .ok)
    head.headerFields[.contentType] = input.choice(["text/html", nil, "text/event-stream"])
    self.head = head
  }

  private static func codings(_ number: Int, callCount: Int) -> [ContentCodingOffer] {
    switch number {
    case 0: [.gzip(level: 1)]
    case 1: [.gzip(level: 6, idleEncoderLimit: 0), .deflate(level: 1)]
    case 2: [.deflate(level: 9)]
    case 3: []
    case 4: [.gzip(level: 0)]
    default: [FailingEncoder.offer(callCount: callCount)]
    }
  }
}

/// A gzip encoder that throws after some calls; creating it throws if there are none.
final class FailingEncoder: ContentEncoder {
  private let pool: ContentEncoderPool
  private let callCount: Int
  private var remainingCallCount: Int
  private var lease: ContentEncoderLease?

  static func offer(callCount: Int) -> ContentCodingOffer {
    let gzip = ContentCodingOffer.gzip(level: 1, idleEncoderLimit: 1).pool
    let pool = ContentEncoderPool(capacity: 1) {
      () throws(ContentEncoderError) -> sending any ContentEncoder in
      if callCount == 0 { throw ContentEncoderError(code: .outOfMemory, message: "none left") }
      return try FailingEncoder(gzip, callCount: callCount)
    }
    return ContentCodingOffer(coding: .gzip, pool: pool)
  }

  init(_ pool: ContentEncoderPool, callCount: Int) throws(ContentEncoderError) {
    self.pool = pool
    self.callCount = callCount
    remainingCallCount = callCount
    lease = try pool.lease()
  }

  var coding: ContentCoding { .gzip }

  func encode(
    _ input: Span<UInt8>, flush: EncoderFlush, into output: inout ContiguousArray<UInt8>
  ) throws(ContentEncoderError) {
    guard remainingCallCount > 0 else {
      throw ContentEncoderError(code: .corruptedState, message: "as told")
    }
    remainingCallCount -= 1
    try lease?.encode(input, flush: flush, into: &output)
  }

  func reset() throws(ContentEncoderError) {
    remainingCallCount = callCount
    lease = nil
    lease = try pool.lease()
  }
}
