import HTTPContentCoding
import HTTPTypes
import Testing

/// The policy's decisions for an eligible response, by client and size.
@Suite struct CompressionPolicyTests {
  typealias Reason = ContentCodingDecision.Reason

  @Test func `An eligible response is coded`() {
    let decision = PolicyCase().decision
    #expect(decision.coding == .gzip)
    #expect(decision.reason == .coded)
    #expect(decision.variesOnAcceptEncoding)
    #expect(decision.selectsCodedRepresentation)
    #expect(decision.isIdentityAcceptable)
    #expect(!decision.isNothingAcceptable)
  }

  @Test(
    arguments: [
      (nil, nil, Reason.noAcceptEncoding),
      ("", nil, .notAcceptable),
      ("br", nil, .notAcceptable),
      ("gzip;q=0, deflate;q=0", nil, .notAcceptable),
      ("gzip;q=0, *", .deflate, .coded),
      ("*", .gzip, .coded),
      ("gzip, deflate, br", .gzip, .coded),
      ("gzip;q=0.5, deflate;q=0.8", .deflate, .coded),
      ("identity;q=1, gzip;q=0.5", nil, .identityPreferred),
      ("identity, br", nil, .notAcceptable),
      ("identity;q=0, gzip", .gzip, .coded),
    ] as [(String?, ContentCoding?, Reason)])
  func `The client decides and gets a reason, RFC 9110 §12.5.3`(
    acceptEncoding: String?, coding: ContentCoding?, reason: Reason
  ) {
    let decision = PolicyCase(acceptEncoding: acceptEncoding).decision
    #expect(decision.coding == coding)
    #expect(decision.reason == reason)
    #expect(decision.variesOnAcceptEncoding, "RFC 9110 §12.5.5")
    #expect(decision.selectsCodedRepresentation == (coding != nil))
  }

  @Test(arguments: ["*;q=0", "identity;q=0", "identity;q=0, br", "*;q=0, gzip;q=0"])
  func `Identity is sent if nothing is acceptable, RFC 9110 §12.4.1`(acceptEncoding: String) {
    var policyCase = PolicyCase(acceptEncoding: acceptEncoding)
    let decision = policyCase.decision
    #expect(decision.coding == nil)
    #expect(decision.reason == .notAcceptable)
    #expect(decision.isNothingAcceptable)
    #expect(!decision.isIdentityAcceptable)
    #expect(!decision.isRefused)

    policyCase.policy.refusesUnacceptable = true
    #expect(policyCase.decision.isRefused)
  }

  @Test(arguments: [
    (HTTPResponse.Status.ok, "gzip"), (.ok, "br"), (.notFound, "*;q=0"), (.notAcceptable, "*;q=0"),
    (.notModified, "*;q=0"), (.noContent, "*;q=0"),
  ])
  func `Only a success without any acceptable form is refused with 406`(
    status: HTTPResponse.Status, acceptEncoding: String
  ) {
    let policy = CompressionPolicy(refusesUnacceptable: true)
    let policyCase = PolicyCase(policy: policy, status: status, acceptEncoding: acceptEncoding)
    #expect(!policyCase.decision.isRefused)
  }

  @Test(arguments: [
    (BodySize.exactly(1023), Reason.belowMinimumSize), (.exactly(1024), .coded),
    (.exactly(1), .belowMinimumSize), (.exactly(.max), .coded),
    (.atLeast(0), .coded), (.atLeast(10), .coded), (.exactly(0), .emptyBody),
  ])
  func `A whole body is coded from the minimum on, a prefix always`(body: BodySize, reason: Reason)
  {
    let decision = PolicyCase(body: body).decision
    #expect(decision.reason == reason)
    #expect((decision.coding != nil) == (reason == .coded))
    #expect(decision.variesOnAcceptEncoding, "size does not decide about Vary")
  }

  @Test func `The minimum is an option`() {
    let policy = CompressionPolicy(minimumByteCount: 10)
    #expect(PolicyCase(policy: policy, body: .exactly(10)).decision.coding == .gzip)
    #expect(PolicyCase(policy: policy, body: .exactly(9)).decision.reason == .belowMinimumSize)
  }

  @Test(arguments: ["identity;q=0, gzip", "*;q=0, gzip", "gzip, *;q=0"])
  func `The size does not matter to a client that refuses identity`(acceptEncoding: String) {
    let small = PolicyCase(acceptEncoding: acceptEncoding, body: .exactly(10))
    #expect(small.decision.coding == .gzip)
    let empty = PolicyCase(acceptEncoding: acceptEncoding, body: .exactly(0))
    #expect(empty.decision.reason == .emptyBody)
  }

  @Test func `HEAD is decided as GET is, RFC 9110 §9.3.2`() {
    let get = PolicyCase().decision
    #expect(PolicyCase(method: .head).decision == get)
    #expect(PolicyCase(method: .head, body: .atLeast(0)).decision == get)
    #expect(PolicyCase(method: .post).decision == get)
  }

  @Test(arguments: [
    HTTPResponse.Status.notFound, .internalServerError, .forbidden, .created, .found, 299, 599, 999,
  ])
  func `Every status with content is eligible`(status: HTTPResponse.Status) {
    #expect(PolicyCase(status: status).decision.coding == .gzip)
  }

  @Test func `A response without offers is never coded and does not vary`() {
    for offered in [[], [ContentCoding.identity]] {
      let decision = PolicyCase(offered: offered).decision
      #expect(decision.reason == .notOffered)
      #expect(!decision.variesOnAcceptEncoding)
    }
  }

  @Test func `What is found out later becomes identity and still varies`() {
    let decision = PolicyCase().decision.fallingBackToIdentity(because: .noSavings)
    #expect(decision.coding == nil)
    #expect(decision.reason == .noSavings)
    #expect(decision.variesOnAcceptEncoding)
    #expect(!decision.selectsCodedRepresentation)
  }
}
