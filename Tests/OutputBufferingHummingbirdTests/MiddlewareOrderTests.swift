#if Hummingbird
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import Logging
  import NIOCore
  import NIOEmbedded
  import OutputBufferingHummingbird
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing

  /// Early finish, later work and coding, within Hummingbird's own middlewares in any order.
  @Suite(.timeLimit(.minutes(2))) struct MiddlewareOrderTests {
    typealias Context = BasicRequestContext

    /// The middlewares that can wrap a route.
    enum Kind: CaseIterable {
      case logging, metrics, tracing, cors, coding, collecting, timeout
    }

    /// Passes every response on as a body in memory.
    struct Collecting: RouterMiddleware {
      func handle(
        _ request: Request, context: Context,
        next: @concurrent (Request, Context) async throws -> Response
      ) async throws -> Response {
        var response = try await next(request, context)
        let collected = Collector()
        try await response.body.write(collected)
        let head = response.headers
        response.body = ResponseBody(byteBuffer: collected.content)
        response.headers = head
        return response
      }
    }

    /// Cancels an operation that takes too long, or at once if the time is already over.
    struct Timeout: RouterMiddleware {
      let isOver: Bool

      func handle(
        _ request: Request, context: Context,
        next: @concurrent (Request, Context) async throws -> Response
      ) async throws -> Response {
        let task = unsafe withUnsafeCurrentTask { unsafe UnsafeTask(task: $0) }
        if isOver { task.cancel() }
        let timer = Task {
          try await Task.sleep(for: .seconds(600))
          task.cancel()
        }
        defer { timer.cancel() }
        return try await next(request, context)
      }
    }

    /// The task that waits for the timer.
    @safe struct UnsafeTask: @unchecked Sendable {
      let task: UnsafeCurrentTask?

      init(task: UnsafeCurrentTask?) { unsafe self.task = task }

      func cancel() { unsafe task?.cancel() }
    }

    /// The response as a server would send it.
    final class Collector: ResponseBodyWriter, @unchecked Sendable {
      var content = ByteBuffer()
      var isFinished = false

      func write(_ buffer: ByteBuffer) { content.writeImmutableBuffer(buffer) }
      func write(contentsOf buffers: some Sequence<ByteBuffer>) {
        for buffer in buffers { write(buffer) }
      }
      func finish(_ trailingHeaders: HTTPFields?) { isFinished = true }
    }

    /// Returns all permutations of the elements.
    static func orders(of kinds: ArraySlice<Kind>) -> [[Kind]] {
      guard !kinds.isEmpty else { return [[]] }
      return kinds.indices.flatMap { index in
        orders(of: kinds[..<index] + kinds[(index + 1)...]).map { [kinds[index]] + $0 }
      }
    }

    static func add(
      _ kind: Kind, to router: Router<Context>, _ buffering: ResponseBuffering,
      isTimeOver: Bool = false
    ) {
      switch kind {
      case .logging: router.add(middleware: LogRequestsMiddleware(.info))
      case .metrics: router.add(middleware: MetricsMiddleware())
      case .tracing: router.add(middleware: TracingMiddleware())
      case .cors: router.add(middleware: CORSMiddleware(allowOrigin: .originBased))
      case .coding: router.add(middleware: ContentCodingMiddleware(buffering))
      case .collecting: router.add(middleware: Collecting())
      case .timeout: router.add(middleware: Timeout(isOver: isTimeOver))
      }
    }

    static func responder(
      _ order: [Kind], _ buffering: ResponseBuffering, _ journal: Journal, isTimeOver: Bool = false
    ) -> RouterResponder<Context> {
      let router = Router<Context>()
      for kind in order { add(kind, to: router, buffering, isTimeOver: isTimeOver) }
      router.get("early") { request, context in
        try await buffering.response(to: request, context: context, head: .html) { response in
          try response.afterRelease(named: "work") {
            journal.note("work, cancelled: \(Task.isCancelled)")
          }
          try await response.write(bigText)
          try await response.finish()
          journal.note("handler, cancelled: \(Task.isCancelled)")
        }
      }
      router.get("plain") { _, _ in
        Response(
          status: .ok, headers: HTTPResponse.html.headerFields,
          body: ResponseBody(byteBuffer: ByteBuffer(string: bigText)))
      }
      return router.buildResponder()
    }

    private func answer(
      _ path: String, by responder: RouterResponder<Context>, on channel: any Channel
    ) async throws -> (Response, content: [UInt8], isFinished: Bool) {
      let request = Request(
        head: HTTPRequest(
          method: .get, scheme: "http", authority: "localhost", path: path,
          headerFields: [.acceptEncoding: "gzip", .origin: "https://example.com"]),
        body: RequestBody(buffer: ByteBuffer()))
      let context = Context(
        source: ApplicationRequestContextSource(channel: channel, logger: .quiet))
      let response = try await responder.respond(to: request, context: context)
      let collected = Collector()
      try await response.body.write(collected)
      return (response, Array(collected.content.readableBytesView), collected.isFinished)
    }

    @Test func `in every order of the middlewares an early answer is whole and coded`()
      async throws
    {
      let server = TestServer(.init())
      let channel = EmbeddedChannel()
      let orders = Self.orders(of: Kind.allCases[...])
      #expect(orders.count == 5040)
      for order in orders {
        let responder = Self.responder(order, server.buffering, server.journal)
        let (response, content, isFinished) = try await answer(
          "/early", by: responder, on: channel)
        let isRight =
          isFinished && response.status == .ok && response.headers[.contentEncoding] == "gzip"
          && response.headers[values: .vary].joined().contains("Accept-Encoding")
          && response.headers[.accessControlAllowOrigin] == "https://example.com"
          && (try? InflateDecoder.text(content)) == bigText
        guard isRight else {
          Issue.record("\(order): \(response.headers), \(content.count) bytes")
          break
        }
      }
      _ = try channel.finish()
      await server.buffering.service.drain()
      #expect(server.journal.count(of: "work, cancelled: false") == orders.count)
      #expect(server.journal.count(of: "handler, cancelled: false") == orders.count)
      await server.expectNothingLeft()
    }

    @Test func `in every order of the middlewares a route's own body is coded`() async throws {
      let server = TestServer(.init())
      let channel = EmbeddedChannel()
      // A middleware that inspects a response and passes it on isn't involved.
      let kinds = Kind.allCases.filter { $0 != .metrics && $0 != .tracing }
      let orders = Self.orders(of: kinds[...])
      #expect(orders.count == 120)
      for order in orders {
        let responder = Self.responder(order, server.buffering, server.journal)
        let (response, content, _) = try await answer("/plain", by: responder, on: channel)
        #expect(response.headers[.contentEncoding] == "gzip", "\(order)")
        #expect(try InflateDecoder.text(content) == bigText, "\(order)")
      }
      _ = try channel.finish()
      await server.expectNothingLeft()
    }

    @Test func `a middleware that cancels what is below it cancels no work after a response`()
      async throws
    {
      let server = TestServer(.init())
      let channel = EmbeddedChannel()
      var works = 0
      for position in Kind.allCases.indices {
        var order = Kind.allCases.filter { $0 != .timeout }
        order.insert(.timeout, at: position)
        let responder = Self.responder(
          order, server.buffering, server.journal, isTimeOver: true)
        await withTaskGroup(of: Void.self) { group in
          // Only this response's task is cancelled.
          group.addTask {
            _ = try? await answer("/early", by: responder, on: channel)
          }
        }
        works += 1
      }
      await server.buffering.service.drain()
      #expect(server.journal.count(of: "work, cancelled: false") == works)
      _ = try channel.finish()
      await server.expectNothingLeft()
    }
  }

  extension SocketTests {
    @Suite struct MiddlewareOrderSocketTests {
      typealias Kind = MiddlewareOrderTests.Kind

      /// Some permutations in which each middleware is outermost once and innermost once.
      static let orders: [[Kind]] = Kind.allCases.indices.flatMap { index in
        let kinds = Kind.allCases
        let rotated = Array(kinds[index...] + kinds[..<index])
        return [rotated, rotated.reversed()]
      }

      @Test(arguments: orders)
      func `the client has the answer, whatever stands around the handler that works on`(
        order: [Kind]
      ) async throws {
        var options = TestServer.Options()
        options.latencyBound = nil
        try await TestServer.run(options) { router, server in
          for kind in order { MiddlewareOrderTests.add(kind, to: router, server.buffering) }
          server.handle(router, "/early") { response in
            try response.afterRelease(named: "work") { [journal = server.journal] in
              await server.gate.wait()
              journal.note("work, cancelled: \(Task.isCancelled)")
            }
            try await response.write(bigText)
            try await response.finish()
            await server.gate.wait()
            server.journal.note("handler, cancelled: \(Task.isCancelled)")
          }
          server.handle(router, "/next") { try await $0.write("next") }
        } _: { server in
          try await server.client { client in
            let response = try client.gzipped("/early")
            #expect(response.isComplete && response.text == bigText)
            #expect(response["content-encoding"] == "gzip")
            #expect(try client.gzipped("/next").text == "next")
          }
          #expect(server.journal.entries.isEmpty)
          server.gate.open()
          try await server.journal.wait(for: "work, cancelled: false")
          try await server.journal.wait(for: "handler, cancelled: false")
        }
      }
    }
  }
#endif
