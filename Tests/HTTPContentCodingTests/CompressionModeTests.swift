import HTTPContentCoding
import HTTPTypes
import Testing

@Suite struct CompressionModeTests {
  typealias Reason = ContentCodingDecision.Reason

  @Test func `Off means off, for a response or for all`() {
    let one = PolicyCase(mode: .off).decision
    #expect(one.reason == .switchedOff)
    #expect(!one.variesOnAcceptEncoding)
    #expect(PolicyCase(policy: CompressionPolicy(mode: .off)).decision == one)
  }

  @Test func `The response's mode beats the policy's`() {
    let off = CompressionPolicy(mode: .off)
    #expect(PolicyCase(policy: off, mode: .automatic).decision.coding == .gzip)
    let force = CompressionPolicy(mode: .force)
    #expect(PolicyCase(policy: force, body: .exactly(1)).decision.coding == .gzip)
    #expect(PolicyCase(policy: force, mode: .automatic, body: .exactly(1)).decision.coding == nil)
  }

  @Test(arguments: [[.contentType: "image/png"], [:], [.contentType: "nonsense"]] as [HTTPFields])
  func `Force overrides the media type and the size`(fields: HTTPFields) {
    let decision = PolicyCase(fields: fields, mode: .force, body: .exactly(1)).decision
    #expect(decision.coding == .gzip)
    #expect(decision.variesOnAcceptEncoding)
  }

  @Test(arguments: [(nil, Reason.noAcceptEncoding), ("gzip;q=0, br", .notAcceptable)])
  func `Force never overrides the client`(acceptEncoding: String?, reason: Reason) {
    let decision = PolicyCase(acceptEncoding: acceptEncoding, mode: .force).decision
    #expect(decision.coding == nil)
    #expect(decision.reason == reason)
  }

  @Test func `Force never overrides correctness`() {
    let contentRange: HTTPFields = [.contentType: "text/html", .contentRange: "bytes 0-9/20"]
    #expect(PolicyCase(fields: contentRange, mode: .force).decision.reason == .partialContent)
    let encoded: HTTPFields = [.contentType: "text/html", .contentEncoding: "br"]
    #expect(PolicyCase(fields: encoded, mode: .force).decision.reason == .alreadyEncoded)
    #expect(PolicyCase(status: .noContent, mode: .force).decision.reason == .statusWithoutBody)
    #expect(PolicyCase(mode: .force, body: .exactly(0)).decision.reason == .emptyBody)
    let noTransform: HTTPFields = [.contentType: "text/html", .cacheControl: "no-transform"]
    #expect(PolicyCase(fields: noTransform, mode: .force).decision.reason == .noTransform)
  }
}
