// Content codings without a server: what is offered, a decision, an encoder from a pool, and an encoder of
// one's own that is judged by the laws.

// snippet.hide
import ContentCodings
import HTTPOutputBuffering
import HTTPTypes
import Logging
import OutputBufferingTesting

func offers() -> [ContentCodingOffer] {
  // snippet.show
  let codings: [ContentCodingOffer] = [.gzip(level: 6), .deflate(level: .fastest)]
  let offer = ContentCodingOffer(coding: .gzip, pool: .gzip(level: 9, idleEncoderLimit: 2))
  // snippet.hide
  // snippet.show
  let everyCoding = ResponseSettings(codings: ContentCodingOffer.defaults)
  // snippet.hide
  return codings + [offer] + everyCoding.codings
}

func offersUnderLoad() -> [ContentCodingOffer] {
  // snippet.show
  let load = EncoderLoad(processorCount: 4)
  let codings = [ContentCodingOffer.gzip(level: 6).lowered(to: .gzip(level: 1), under: load)]
  // snippet.hide
  return codings
}

func decide(
  _ response: inout HTTPResponse, to request: HTTPRequest, body: String, logger: Logger
) {
  let body = body.utf8
  // snippet.show
  let policy = CompressionPolicy(minimumByteCount: 1024)
  let decision = policy.decision(
    for: response,
    requestMethod: request.method,
    acceptEncoding: AcceptEncoding(request.headerFields),
    offering: [.gzip],
    body: .exactly(body.count)
  )
  response.apply(decision)
  logger.debug("content coding", metadata: ["reason": "\(decision.reason)"])
  // snippet.hide
  print(decision.reason, response.headerFields[.contentEncoding] ?? "identity")
}

func encode(
  _ body: ContiguousArray<UInt8>, by pool: ContentEncoderPool
) throws -> ContiguousArray<UInt8> {
  var output: ContiguousArray<UInt8> = []
  // snippet.show
  var lease = try pool.lease()
  try lease.encode(body.span, flush: .finish, into: &output)
  // The encoder is back in the pool, reset, when the lease goes out of scope.
  // snippet.hide
  return output
}

// snippet.show
/// Runs of up to 255 bytes, each behind its length; the length 0 ends a member.
final class RunEncoder: ContentEncoder {
  let coding: ContentCoding
  private var hasFinished = false

  init(_ coding: ContentCoding) {
    self.coding = coding
  }

  func encode(
    _ input: Span<UInt8>, flush: EncoderFlush, into output: inout ContiguousArray<UInt8>
  ) throws(ContentEncoderError) {
    guard !hasFinished else {
      throw ContentEncoderError(code: .invalidState, message: "the member has ended")
    }
    for start in stride(from: 0, to: input.count, by: 255) {
      let end = min(start + 255, input.count)
      output.append(UInt8(end - start))
      for index in start..<end { output.append(input[index]) }
    }
    hasFinished = flush == .finish
    if hasFinished { output.append(0) }
  }

  func reset() {
    hasFinished = false
  }
}

/// Its counterpart, which the laws are checked with.
final class RunDecoder: StreamingDecoder {
  struct BytesBehindEnd: Error {}

  private var rest: UInt8 = 0
  private(set) var isAtEnd = false

  func decode(_ bytes: ContiguousArray<UInt8>) throws -> ContiguousArray<UInt8> {
    var decoded: ContiguousArray<UInt8> = []
    for byte in bytes {
      guard !isAtEnd else { throw BytesBehindEnd() }
      if rest > 0 {
        decoded.append(byte)
        rest -= 1
      } else {
        rest = byte
        isAtEnd = byte == 0
      }
    }
    return decoded
  }
}

// snippet.hide
func checkLaws(of coding: ContentCoding) throws {
  // snippet.show
  let laws = ContentEncoderLaws(
    makeEncoder: { RunEncoder(coding) },
    makeDecoder: { RunDecoder() })
  try laws.checkEverySplit(of: [0, 0, 0, 7, 255, 0, 0, 0, 7])
  try laws.checkRepeatedSync([1, 2, 3])
  try laws.checkFinished([1, 2, 3])
  try laws.checkReset([1, 2, 3])
  try laws.checkSuspension([[1, 2], [], [3]])
  try laws.checkBegin([1, 2, 3])
  try laws.checkWhole([1, 2, 3])
  var generator = SystemRandomNumberGenerator()
  try laws.checkRandom(using: &generator)
  // snippet.hide
}

let request = HTTPRequest(
  method: .get, scheme: "http", authority: "localhost", path: "/",
  headerFields: [.acceptEncoding: "gzip, br"])
var response = HTTPResponse(status: .ok, headerFields: [.contentType: "text/html"])
let page = String(repeating: "<p>The quick brown fox</p>", count: 100)
decide(&response, to: request, body: page, logger: Logger(label: "example"))
for offer in offers() + offersUnderLoad() {
  let encoded = try encode(ContiguousArray(page.utf8), by: offer.pool)
  print("\(offer.coding): \(page.utf8.count) bytes, \(encoded.count) coded")
}
if let coding = ContentCoding("x-runs") {
  try checkLaws(of: coding)
  print("\(coding) obeys the laws")
}
