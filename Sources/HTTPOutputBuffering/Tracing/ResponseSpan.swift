#if Tracing
  import HTTPContentCoding
  import Tracing

  /// The span of one response and its handler, a child of the request's span.
  ///
  /// The spans of the handler are its children. `docs/operations.md` lists its attributes.
  struct ResponseSpan {
    private let span: any Span

    /// The current tracer; nil if none was bootstrapped.
    static var tracer: (any Tracer)? {
      let tracer = InstrumentationSystem.tracer
      return tracer is NoOpTracer ? nil : tracer
    }

    /// Begins a span; nil if there is no tracer.
    init?(named name: HandlerName) {
      guard let tracer = Self.tracer else { return nil }
      span = tracer.startSpan("response", context: .current ?? .topLevel)
      span.attributes["output_buffering.handler"] = name.description
    }

    /// Runs a handler whose spans are children of this one.
    func run(
      _ handler: @concurrent (BufferedResponse) async throws -> Void, _ response: BufferedResponse
    ) async throws {
      try await InstrumentationContext.$current.withValue(span.context) {
        try await handler(response)
      }
    }

    /// Records that the client has the whole answer and the handler continues.
    func finishedEarly() {
      span.attributes["output_buffering.finished_early"] = true
      span.addEvent("finished early")
    }

    /// Ends the span.
    func end(_ machine: borrowing ResponseMachine, _ outcome: ResponseMetrics.Outcome) {
      if let decision = machine.decision {
        span.attributes["output_buffering.coding"] = "\(decision.coding ?? .identity)"
        span.attributes["output_buffering.reason"] = "\(decision.reason)"
      }
      span.attributes["output_buffering.bytes_in"] = machine.byteCountIn
      span.attributes["output_buffering.bytes_out"] = machine.byteCountOut
      span.attributes["output_buffering.outcome"] = "\(outcome)"
      switch outcome {
      case .finished: break
      case .aborted, .timedOut, .failed: span.setStatus(SpanStatus(code: .error))
      }
      span.end()
    }
  }
#endif
