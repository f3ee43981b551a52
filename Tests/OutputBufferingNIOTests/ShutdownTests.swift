#if NIO
  import GzipContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import NIOCore
  import NIOHTTPTypes
  import OutputBufferingNIO
  import OutputBufferingTestSupport
  import Synchronization
  import Testing

  /// Responses in progress when a server, or one of its connections, is shut down.
  @Suite(.timeLimit(.minutes(1))) struct ShutdownTests {
    enum Trigger: Sendable, CaseIterable { case service, connection }

    private static func run(
      _ trigger: Trigger, responseDeadline: Duration, told: Bool
    ) async throws -> Received {
      let service = AfterResponseService(settings: .init(responseDeadline: responseDeadline))
      let buffering = ResponseBuffering(
        settings: .init(codings: [], allowsHalfClosedClients: true), service: service)
      let served = Mutex<HTTPServerConnection?>(nil)
      let received = Mutex(Received())
      try await withAsyncServer { request, connection, outbound in
        served.withLock { $0 = connection }
        try await buffering.respond(
          to: request, on: connection, outbound: outbound, head: .html()
        ) { response in
          try await response.write("one,")
          try await response.flush()
          if told {
            await response.shutdown.wait()
            return try await response.write("two")
          }
          while true {
            try await Task.sleep(for: .milliseconds(5))
            try await response.write("tick")
            try await response.flush()
          }
        }
        connection.channel.close(promise: nil)
      } _: { port in
        let bytes = try await exchange(port, get()) { received in
          guard received.text.contains("one,"), let connection = served.withLock({ $0.take() })
          else { return }
          switch trigger {
          case .service: service.beginShutdown()
          case .connection:
            connection.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
          }
        }
        received.withLock { $0 = bytes }
        #expect(service.shutdown.isUnderway == (trigger == .service))
      }
      return received.withLock { $0 }
    }

    @Test(arguments: Trigger.allCases)
    func `A handler that is told ends by itself, and its message is whole`(
      trigger: Trigger
    ) async throws {
      let received = try await Self.run(trigger, responseDeadline: .seconds(600), told: true)
      #expect(received.text.hasSuffix("\r\ntwo\r\n0\r\n\r\n"))
    }

    @Test func `A server's shutdown begins that of every service it has served a response of`() {
      let (shutdown, services) = (ServerShutdown(), (0..<3).map { _ in AfterResponseService() })
      for service in [services[0], services[1], services[0]] { shutdown.reaches(service) }
      shutdown.begin()
      #expect(services.map(\.shutdown.isUnderway) == [true, true, false])
      shutdown.reaches(services[2])
      #expect(services[2].shutdown.isUnderway)
    }

    @Test func `A connection that waits for a request closes, one that answers closes after it`()
      async throws
    {
      let buffering = ResponseBuffering(settings: .init(codings: [], allowsHalfClosedClients: true))
      let served = Mutex<HTTPServerConnection?>(nil)
      try await withAsyncServer { request, connection, outbound in
        try await buffering.respond(
          to: request, on: connection, outbound: outbound, head: .html()
        ) { response in
          served.withLock { $0 = connection }
          try await response.write("one,")
          try await response.flush()
          if request.path == "/open" { await response.shutdown.wait() }
          try await response.write("two")
        }
      } _: { port in
        let keepAlive = { (path: String) in
          "GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n"
        }
        // The response has ended, and the connection waits.
        let idle = try await exchange(port, keepAlive("/")) { received in
          guard received.text.hasSuffix("0\r\n\r\n") else { return }
          served.withLock { $0 }?.closeWhenIdle()
        }
        #expect(idle.text.hasSuffix("two\r\n0\r\n\r\n") && !idle.isReset)
        let open = try await exchange(port, keepAlive("/open")) { received in
          guard !received.text.hasSuffix("0\r\n\r\n") else { return }
          served.withLock { $0 }?.closeWhenIdle()
          buffering.service.beginShutdown()
        }
        #expect(open.text.hasSuffix("two\r\n0\r\n\r\n") && !open.isReset)
      }
    }

    @Test func `A response whose head the client doesn't take is broken off at the deadline`()
      async throws
    {
      let service = AfterResponseService(settings: .init(responseDeadline: .milliseconds(200)))
      let buffering = ResponseBuffering(settings: .init(codings: []), service: service)
      let closed = Mutex<Duration?>(nil)
      try await withAsyncServer { request, connection, outbound in
        guard request.path == "/second" else {
          // More than the socket takes.
          let page = ByteBuffer(repeating: 0x61, count: 64 << 20)
          _ = await connection.requestStarted()
          var head = HTTPResponse(status: .ok)
          head.headerFields[.contentLength] = String(page.readableBytes)
          return try await outbound.write(contentsOf: [.head(head), .body(page), .end(nil)])
        }
        let start = ContinuousClock.now
        service.beginShutdown()
        try? await buffering.respond(to: request, on: connection, outbound: outbound) { response in
          try await response.write("second")
        }
        closed.withLock { $0 = ContinuousClock.now - start }
        connection.channel.close(promise: nil)
      } _: { port in
        let client = try AsyncClient(port: port)
        try await client.send(
          ["/first", "/second"].map { "GET \($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
        #expect(await eventually { closed.withLock { $0 } != nil })
        withExtendedLifetime(client) {}
      }
      #expect(closed.withLock { $0 }.map { $0 < .seconds(30) } == true)
    }

    @Test(arguments: Trigger.allCases)
    func `One that isn't is cancelled after the deadline, and its message broken off`(
      trigger: Trigger
    ) async throws {
      let received = try await Self.run(trigger, responseDeadline: .milliseconds(200), told: false)
      #expect(received.text.contains("one,") && !received.text.hasSuffix("0\r\n\r\n"))
    }
  }
#endif
