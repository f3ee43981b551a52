#if Tracing
  import Tracing
#endif

/// The span of work after a response.
enum WorkSpan {
  /// Runs work in its own span, if there is a tracer.
  ///
  /// The span belongs to the trace of the place where the work was registered, and links to the
  /// span there, which may have ended long before.
  static func run(
    named name: String, _ operation: @concurrent @Sendable () async throws -> Void
  ) async throws {
    #if Tracing
      guard let tracer = ResponseSpan.tracer else { return try await operation() }
      let context = InstrumentationContext.current
      let span = tracer.startSpan(name, context: context ?? .topLevel)
      defer { span.end() }
      if let context { span.addLink(SpanLink(context: context, attributes: [:])) }
      do {
        try await InstrumentationContext.$current.withValue(span.context) { try await operation() }
      } catch {
        span.recordError(error)
        span.setStatus(SpanStatus(code: .error))
        throw error
      }
    #else
      try await operation()
    #endif
  }
}
