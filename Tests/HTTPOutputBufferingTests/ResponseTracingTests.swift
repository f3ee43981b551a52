#if Tracing
  import HTTPOutputBuffering
  import HTTPTypes
  import InMemoryTracing
  import OutputBufferingTestSupport
  import Testing
  import Tracing

  /// Spans of responses and of the work after them.
  @Suite(.timeLimit(.minutes(2))) struct ResponseTracingTests {
    struct Failure: Error {}

    /// Runs a handler below the span of a request.
    private func trace(
      _ handler: @escaping @Sendable (BufferedResponse) async throws -> Void
    ) async throws -> (request: InMemorySpan, finished: [FinishedInMemorySpan]) {
      let tracer = InMemoryTracer()
      let server = FakeServer()
      let request = tracer.startSpan("request", context: .topLevel)
      try await withTracer(tracer) {
        try await InstrumentationContext.$current.withValue(request.context) {
          _ = try await server.respond(handler)
        }
      }
      request.end()
      await server.idle()
      return (request, tracer.finishedSpans)
    }

    private func attribute(_ name: String, of span: FinishedInMemorySpan) -> SpanAttribute? {
      span.attributes.get(name)
    }

    @Test func `a response's span says how it was coded, and that it ended early`() async throws {
      let (request, finished) = try await trace { response in
        try await response.write(.big)
        try await response.finish()
      }
      let span = try #require(finished.first { $0.operationName == "response" })
      #expect(span.traceID == request.traceID && span.parentSpanID == request.spanID)
      #expect(attribute("output_buffering.coding", of: span) == .string("gzip"))
      #expect(attribute("output_buffering.reason", of: span) == .string("coded"))
      #expect(attribute("output_buffering.bytes_in", of: span) == .int64(6200))
      guard case .int64(let out) = attribute("output_buffering.bytes_out", of: span) else {
        Issue.record("no bytes out")
        return
      }
      #expect((1..<6200).contains(out))
      #expect(attribute("output_buffering.finished_early", of: span) == .bool(true))
      #expect(attribute("output_buffering.handler", of: span) == .string("test"))
      #expect(attribute("output_buffering.outcome", of: span) == .string("finished"))
      #expect(span.status == nil)
    }

    @Test func `work's span is linked to that of its response`() async throws {
      let (request, finished) = try await trace { response in
        try response.afterRelease(named: "receipt") {
          withSpan("mail") { _ in }
        }
        try response.afterRelease(named: "broken") { throw Failure() }
      }
      let response = try #require(finished.first { $0.operationName == "response" })
      let work = try #require(finished.first { $0.operationName == "receipt" })
      #expect(work.traceID == request.traceID)
      #expect(work.links.map { $0.context.inMemorySpanContext?.spanID } == [response.spanID])
      let mail = try #require(finished.first { $0.operationName == "mail" })
      #expect(mail.parentSpanID == work.spanID)
      let broken = try #require(finished.first { $0.operationName == "broken" })
      #expect(broken.errors.count == 1 && broken.status?.code == .error)
    }

    @Test func `a response that fails has a span that says so`() async throws {
      let (_, finished) = try await trace { response in
        try await response.flush()
        throw Failure()
      }
      let span = try #require(finished.first { $0.operationName == "response" })
      #expect(attribute("output_buffering.outcome", of: span) == .string("failed"))
      #expect(attribute("output_buffering.finished_early", of: span) == nil)
      #expect(span.status?.code == .error)
    }
  }
#endif
