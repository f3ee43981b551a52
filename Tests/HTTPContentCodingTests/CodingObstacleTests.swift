import HTTPContentCoding
import HTTPTypes
import Testing

/// Responses that are never coded, for any client and policy, and that don't vary either.
@Suite struct CodingObstacleTests {
  typealias Reason = ContentCodingDecision.Reason

  private func expectNever(_ policyCase: PolicyCase, _ reason: Reason) {
    for acceptEncoding in ["gzip", "identity;q=0, gzip", "*;q=0", nil] {
      var policyCase = policyCase
      policyCase.acceptEncoding = acceptEncoding
      let decision = policyCase.decision
      #expect(decision.coding == nil)
      #expect(decision.reason == reason)
      #expect(!decision.variesOnAcceptEncoding)
      #expect(!decision.selectsCodedRepresentation)
    }
  }

  @Test(arguments: [
    (HTTPResponse.Status.continue, Reason.statusWithoutBody),
    (.earlyHints, .statusWithoutBody),
    (.noContent, .statusWithoutBody),
    (.resetContent, .statusWithoutBody),
    (.partialContent, .partialContent),
    (.switchingProtocols, .upgrade),
  ])
  func `A status without content of its own, RFC 9110 §6.4.1`(
    status: HTTPResponse.Status, reason: Reason
  ) {
    expectNever(PolicyCase(status: status), reason)
  }

  @Test func `A 2xx to CONNECT starts a tunnel, RFC 9110 §9.3.6`() {
    expectNever(PolicyCase(method: .connect), .upgrade)
    expectNever(PolicyCase(status: 299, method: .connect), .upgrade)
    #expect(PolicyCase(status: .badGateway, method: .connect).decision.coding == .gzip)
  }

  @Test(arguments: [HTTPResponse.Status.ok, .rangeNotSatisfiable])
  func `Anything with Content-Range, RFC 9110 §14.4`(status: HTTPResponse.Status) {
    var policyCase = PolicyCase(status: status)
    policyCase.fields[.contentRange] = "bytes */6200"
    expectNever(policyCase, .partialContent)
  }

  @Test(arguments: [
    "br", "gzip", "GZIP", "identity, br", "none, gzip", "unknown", "aws-chunked", "\"?\"",
    "identityfoo",
  ])
  func `What has a content coding, RFC 9110 §8.4`(value: String) {
    var policyCase = PolicyCase()
    policyCase.fields[.contentEncoding] = value
    expectNever(policyCase, .alreadyEncoded)
  }

  @Test(arguments: ["identity", "none", "Identity", "NONE", "identity, none", " identity ,"])
  func `What opted out with identity or none, RFC 9110 §8.4.1`(value: String) {
    var policyCase = PolicyCase()
    policyCase.fields[.contentEncoding] = value
    expectNever(policyCase, .optedOut)
  }

  @Test(arguments: ["", ",", " , "])
  func `A Content-Encoding without a member says nothing, RFC 9110 §5.6.1`(value: String) {
    var policyCase = PolicyCase()
    policyCase.fields[.contentEncoding] = value
    #expect(policyCase.decision.coding == .gzip)
  }

  @Test(arguments: [
    "application/grpc", "application/grpc+proto", "application/grpc+json", "Application/gRPC;v=1",
    "application/grpc-web", "application/grpc-web-text+proto",
  ])
  func `gRPC, which compresses its own messages`(contentType: String) {
    var policyCase = PolicyCase(mode: .force)
    policyCase.fields[.contentType] = contentType
    expectNever(policyCase, .grpc)
  }

  @Test(arguments: [
    ["no-transform"], ["No-Transform"], ["public, no-transform, max-age=60"],
    ["max-age=60", "no-transform"], ["private=\"set-cookie, x\", no-transform"], ["no-transform=1"],
    ["ext=\"\\\"\", no-transform"],
  ])
  func `The directive no-transform in a list over all lines, RFC 9111 §5.2`(lines: [String]) {
    var policyCase = PolicyCase()
    policyCase.fields[values: .cacheControl] = lines
    expectNever(policyCase, .noTransform)
  }

  @Test(arguments: [
    "no-transformer", "x-no-transform", "ext=no-transform", "ext=\"a, no-transform\"",
    "ext=\"\\\", no-transform\"", "ext=\"open, no-transform", "private, max-age=0",
  ])
  func `What only contains the word is not the directive, RFC 9111 §5.2`(value: String) {
    var policyCase = PolicyCase()
    policyCase.fields[.cacheControl] = value
    #expect(policyCase.decision.coding == .gzip)
  }

  @Test(arguments: ["Content-Digest", "Repr-Digest", "Content-MD5", "Digest", "content-digest"])
  func `A digest of the bytes the application wrote, RFC 9530 §2, §3`(name: String) {
    var policyCase = PolicyCase()
    policyCase.fields.append(name, "sha-256=:AAAA:")
    expectNever(policyCase, .digestPresent)
  }

  @Test(arguments: ["Want-Content-Digest", "X-Digest"])
  func `A field that is no digest of these bytes is none`(name: String) {
    var policyCase = PolicyCase()
    policyCase.fields.append(name, "sha-256=5")
    #expect(policyCase.decision.coding == .gzip)
  }

  @Test func `A media type that is excluded, missing or malformed`() {
    expectNever(PolicyCase(fields: [.contentType: "image/png"]), .contentTypeExcluded)
    expectNever(PolicyCase(fields: [.contentType: "nonsense"]), .contentTypeExcluded)
    expectNever(PolicyCase(fields: [:]), .noContentType)
    expectNever(PolicyCase(fields: [.contentType: ""]), .noContentType)
    expectNever(
      PolicyCase(policy: CompressionPolicy(mediaTypes: MediaTypeSet())), .contentTypeExcluded)
  }

  @Test func `Fields that say nothing about coding stand in no one's way`() {
    let fields: HTTPFields = [
      .contentType: "text/html", .upgrade: "h2c", .acceptRanges: "bytes", .eTag: "\"v1\"",
      .vary: "*", .trailer: "x-sum",
    ]
    #expect(PolicyCase(fields: fields).decision.coding == .gzip)
  }

  @Test func `Every reason has a name of its own that is fit for a metric`() {
    let reasons: [Reason] = [
      .coded, .notAcceptable, .noAcceptEncoding, .identityPreferred, .belowMinimumSize, .emptyBody,
      .contentTypeExcluded, .noContentType, .alreadyEncoded, .optedOut, .switchedOff, .noTransform,
      .partialContent, .statusWithoutBody, .upgrade, .digestPresent, .noSavings, .grpc,
      .httpVersion, .notOffered, .encoderFailed, .contentUnknown,
    ]
    #expect(Set(reasons.map(\.name)).count == reasons.count)
    for reason in reasons {
      #expect(
        reason.name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0) })
      #expect(reason.description == reason.name)
    }
    #expect(Reason.belowMinimumSize.name == "belowMinimumSize")
  }
}
