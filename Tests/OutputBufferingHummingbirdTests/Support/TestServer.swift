#if Hummingbird
  import GzipContentCoding
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import HummingbirdCore
  import Logging
  import OutputBufferingHummingbird
  import OutputBufferingTestSupport
  import ServiceLifecycle
  import OutputBufferingTesting
  import Testing

  /// A server with the routes of one test, on a separate port.
  struct TestServer: Sendable {
    typealias Context = BasicRequestContext
    typealias Routes = @Sendable (Router<Context>, TestServer) -> Void

    let buffering: ResponseBuffering
    let pools: [ContentEncoderPool]
    let journal = Journal()
    /// The events of the connections.
    let transport = Journal()
    /// The gate at which handlers work until the test opens it.
    let gate = Gate()
    var port = 0
    private var group: ServiceGroup?

    init(_ options: Options) {
      var settings = options.settings
      let codings: [ContentCodingOffer] = [
        .init(coding: .gzip, pool: .gzip()), .init(coding: .deflate, pool: .deflate()),
      ]
      settings.codings = codings
      pools = codings.map(\.pool)
      buffering = ResponseBuffering(
        settings: settings,
        service: AfterResponseService(settings: options.service, logger: .quiet))
    }

    struct Options: Sendable {
      var settings = ResponseSettings(codings: [])
      var service = AfterResponseService.Settings(drainDeadline: .seconds(5))
      /// The middleware's settings; nil for none.
      var latencyBound: Duration? = .milliseconds(10)
      var hasHeadEndpoints = false
      /// Creates the server; one that takes no channel handlers ignores the probe.
      var server: @Sendable (Journal) -> HTTPServerBuilder = { transport in
        .bufferedHTTP1(
          configuration: .init(additionalChannelHandlers: [TransportProbe(transport)]))
      }

      init(_ change: (inout Options) -> Void = { _ in }) { change(&self) }
    }

    /// How many encoders are in use.
    var liveEncoderCount: Int { pools.reduce(0) { $0 + $1.liveCount } }

    /// Starts a graceful shutdown.
    func shutDown() async {
      await group?.triggerGracefulShutdown()
    }

    /// A route with a handler.
    func handle(
      _ router: Router<Context>, _ path: String, method: HTTPRequest.Method = .get,
      head: HTTPResponse = .html,
      _ handler: @escaping @Sendable (BufferedResponse) async throws -> Void
    ) {
      router.on(RouterPath(path), method: method) { [buffering] request, context in
        try await buffering.response(to: request, context: context, head: head, handler)
      }
    }

    /// Runs the client's side of a test on a separate thread.
    func client<Result: Sendable>(
      receiveBufferByteCount: Int? = nil,
      _ body: @escaping @Sendable (HTTP1Connection) throws -> Result
    ) async throws -> Result {
      let port = port
      return try await onThread {
        try body(HTTP1Connection(port: port, receiveBufferByteCount: receiveBufferByteCount))
      }
    }

    /// Checks that the server serves a new client.
    func expect(_ path: String, answers text: String) async throws {
      let response = try await client { try $0.gzipped(path) }
      #expect(response.text == text)
    }

    /// Runs many clients, a limited number at a time.
    func clients(
      _ count: Int, atOnce: Int = .max,
      _ body: @escaping @Sendable (HTTP1Connection, Int) throws -> Void
    ) async throws {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<count {
          if number >= atOnce { try await group.next() }
          group.addTask { try await client { try body($0, number) } }
        }
        try await group.waitForAll()
      }
    }

    /// Runs a server during the body, shuts it down gracefully, and checks for leaks.
    static func run(
      _ options: Options = Options(), routes: Routes,
      _ body: (TestServer) async throws -> Void
    ) async throws {
      var server = TestServer(options)
      let router = Router<Context>(
        options: options.hasHeadEndpoints ? .autoGenerateHeadEndpoints : [])
      if let bound = options.latencyBound {
        router.add(middleware: ContentCodingMiddleware(server.buffering, latencyBound: bound))
      }
      routes(router, server)
      let transport = server.transport
      let (ports, port) = AsyncStream.makeStream(of: Int.self)
      let app = Application(
        router: router,
        server: options.server(transport),
        configuration: .init(address: .hostname("127.0.0.1", port: 0)),
        services: [server.buffering.service],
        onServerRunning: { channel in port.yield(channel.localAddress?.port ?? 0) },
        logger: .quiet)
      var configuration = ServiceGroupConfiguration(services: [app], logger: .quiet)
      configuration.maximumGracefulShutdownDuration = .seconds(15)
      let group = ServiceGroup(configuration: configuration)
      server.group = group
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        for await port in ports {
          server.port = port
          break
        }
        do {
          try await body(server)
        } catch {
          Issue.record(error)
        }
        server.gate.open()
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
      }
      await server.expectNothingLeft()
    }

    /// Every exit path returns the encoder, the task and the response.
    func expectNothingLeft() async {
      #expect(await eventually { buffering.service.handlerCount == 0 })
      #expect(await eventually { liveEncoderCount == 0 })
      #expect(buffering.service.releasedCount == 0)
    }
  }

  extension HTTP1Connection {
    /// Whether nothing arrives while the server has time to answer another client.
    func isHeld() throws -> Bool {
      let other = try HTTP1Connection(port: port)
      for _ in 0..<10 where try other.exchange("/next").text != "next" { return false }
      return try isQuiet()
    }
  }

  extension ContinuousClock.Instant {
    /// The time since an instant.
    var elapsed: Duration { ContinuousClock.now - self }
  }

  extension Logger {
    static let quiet = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
  }

  extension HTTPResponse {
    static let html = HTTPResponse(
      status: .ok, headerFields: [.contentType: "text/html; charset=utf-8"])
    static let eventStream = HTTPResponse(
      status: .ok, headerFields: [.contentType: "text/event-stream"])
  }

  /// 6,200 bytes that compress well.
  let bigText = String(repeating: "<p>Lorem ipsum dolor sit amet</p>\n", count: 200).prefix(6200)
    .description

  /// All tests over sockets, which run one at a time because they measure time.
  @Suite(.serialized, .timeLimit(.minutes(2))) enum SocketTests {}
#endif
