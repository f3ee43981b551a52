#if FlyingFox
  import FlyingFox
  import FlyingSocks
  import Foundation
  import GzipContentCoding
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import Logging
  import OutputBufferingFlyingFox
  import OutputBufferingTesting
  import OutputBufferingTestSupport
  import Testing

  /// A server on a separate port, for one test.
  struct TestServer {
    typealias Handler = @Sendable @concurrent (BufferedResponse) async throws -> Void

    let port: Int
    let buffering: ResponseBuffering
    /// Whether a connection has had to wait for its client to read.
    let hasStalled: Flag

    /// The encoders of the server's coding that are in use.
    var liveEncoderCount: Int {
      buffering.settings.codings.map(\.pool.liveCount).reduce(0, +)
    }

    /// Runs a server whose responses come from a handler.
    static func run(
      _ settings: ResponseSettings = .gzip,
      service: AfterResponseService = AfterResponseService(),
      handler: @escaping Handler,
      test: @concurrent (TestServer) async throws -> Void
    ) async throws {
      let buffering = ResponseBuffering(settings: settings, service: service)
      try await run(buffering, test: test) { request in
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        if request.path == "/next" {
          return FlyingFox.HTTPResponse(statusCode: .ok, body: Data("next".utf8))
        }
        return try await buffering.response(to: request, logger: logger) { response in
          try response.updateHead { $0.headerFields[.contentType] = "text/html" }
          try await handler(response)
        }
      }
    }

    /// Runs a server with a FlyingFox handler.
    static func run(
      _ buffering: ResponseBuffering,
      timeout: TimeInterval = 15,
      test: @concurrent (TestServer) async throws -> Void,
      handler:
        @escaping @Sendable @concurrent (FlyingFox.HTTPRequest) async throws ->
        FlyingFox.HTTPResponse
    ) async throws {
      let hasStalled = Flag()
      let server = HTTPServer(
        address: try .inet(ip4: "127.0.0.1", port: 0), timeout: timeout,
        pool: NoDelaySocketPool(StallProbe(hasStalled: hasStalled)), logger: .disabled,
        handler: ClosureHTTPHandler(handler))
      let task = Task { try await server.run() }
      defer { task.cancel() }
      try await server.waitUntilListening()
      guard case .ip4(_, let port) = await server.listeningAddress else { return }
      try await test(TestServer(port: Int(port), buffering: buffering, hasStalled: hasStalled))
      // FlyingFox would wait for its listening socket for the whole of a timeout.
      await server.stop()
    }

    /// Waits until no handler and no encoder is in use.
    func waitUntilIdle() async throws -> Bool {
      await eventually { buffering.service.handlerCount == 0 && liveEncoderCount == 0 }
    }

    /// Gives the server time to do something wrong, while it serves another client.
    func serveAnother() async throws {
      let client = try AsyncClient(port: port)
      for _ in 0..<20 {
        try await client.get("/next")
        #expect(try await client.readResponse().text == "next")
      }
    }
  }

  /// A pool that reports when a connection waits for its client to read.
  private struct StallProbe: AsyncSocketPool {
    let base: any AsyncSocketPool = HTTPServer.defaultPool()
    let hasStalled: Flag

    @concurrent func prepare() async throws { try await base.prepare() }

    @concurrent func run() async throws { try await base.run() }

    @concurrent func suspendSocket(
      _ socket: Socket, untilReadyFor events: Socket.Events
    ) async throws {
      if events.contains(.write) { hasStalled.set() }
      try await base.suspendSocket(socket, untilReadyFor: events)
    }
  }

  extension ResponseSettings {
    /// Settings with a coding.
    static var gzip: Self {
      .init(codings: [.init(coding: .gzip, pool: .gzip())])
    }
  }

  /// Measures the duration of an operation.
  func milliseconds(_ body: () async throws -> Void) async throws -> Double {
    let start = ContinuousClock.now
    try await body()
    return (ContinuousClock.now - start) / .milliseconds(1)
  }
#endif
