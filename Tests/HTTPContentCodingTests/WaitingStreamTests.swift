import HTTPContentCoding
import HTTPTypes
import Testing

/// The coding of a waiting stream: an acceptable one whose encoder can be suspended.
@Suite struct WaitingStreamTests {
  private func plan(
    _ acceptEncoding: String,
    offering codings: [ContentCoding] = [.zstd, .brotli, .gzip, .deflate],
    suspendable: [ContentCoding] = [.gzip, .deflate], contentType: String = "text/html",
    status: HTTPResponse.Status = .ok
  ) -> ContentCodingPlan {
    ContentCodingPlan(
      CompressionPolicy(), status: status, HeadFacts([.contentType: contentType] as HTTPFields),
      trailers: nil, requestMethod: .get,
      acceptEncoding: AcceptEncoding(fieldValues: [acceptEncoding]), offering: codings,
      suspendable: suspendable, mode: nil)
  }

  @Test(arguments: [
    ("gzip, deflate, br, zstd", "zstd", "gzip"),
    ("gzip, br", "br", "gzip"),
    ("deflate, br", "br", "deflate"),
    ("br, zstd", "zstd", "zstd"),
    ("gzip", "gzip", "gzip"),
    ("*", "zstd", "gzip"),
    ("*, gzip;q=0", "zstd", "deflate"),
    ("zstd, gzip;q=0, deflate;q=0", "zstd", "zstd"),
    // A lower weight isn't a refusal; among codings that can be suspended the weights decide.
    ("zstd, gzip;q=0.1", "zstd", "gzip"),
    ("zstd, gzip;q=0.1, deflate;q=0.2", "zstd", "deflate"),
    // A coding with a lower weight than identity isn't used.
    ("zstd, gzip;q=0.5, identity;q=0.8", "zstd", "zstd"),
    ("zstd, gzip;q=0.5, identity;q=0.5", "zstd", "gzip"),
    ("zstd;q=0.5, gzip;q=0.1, identity;q=0", "zstd", "gzip"),
  ])
  func `A table of fields`(field: String, usual: String, waiting: String) {
    let page = plan(field)
    #expect(page.decision(about: .exactly(5000)).coding?.name == usual)
    #expect(page.decision(about: .atLeast(0)).coding?.name == usual)
    let decision = page.decision(about: .atLeast(0), waits: true)
    #expect(decision.coding?.name == waiting && decision.selectedCoding == decision.coding)
    #expect(decision.reason == .coded && decision.variesOnAcceptEncoding)

    let events = plan(field, contentType: "text/event-stream; charset=utf-8")
    for waits in [true, false] {
      #expect(events.decision(about: .atLeast(0), waits: waits).coding?.name == waiting)
    }
    let ordered = plan(field, suspendable: [])
    #expect(ordered.decision(about: .atLeast(0), waits: true).coding?.name == usual)
  }

  @Test(arguments: ["identity", "gzip;q=0.5, zstd;q=0.5, identity", "", "compress"])
  func `Where identity is sent it is sent to streams as well`(field: String) {
    #expect(plan(field).decision(about: .atLeast(0), waits: true).coding == nil)
  }

  @Test func `An offer of nothing that can be left is taken as it is`() {
    let plan = plan("gzip, br, zstd", offering: [.brotli, .zstd], suspendable: [])
    #expect(plan.decision(about: .atLeast(0), waits: true).coding == .brotli)
  }

  @Test func `A small body isn't coded because it waits`() {
    #expect(plan("gzip, zstd").decision(about: .exactly(10), waits: true).coding == nil)
  }
}
