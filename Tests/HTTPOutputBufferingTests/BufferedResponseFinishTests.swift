import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes
import OutputBuffering
import OutputBufferingTestSupport
import Testing

/// The end of a response, early and late.
@Suite(.timeLimit(.minutes(2))) struct BufferedResponseFinishTests {
  @Test func `the client has the whole answer while the handler works on`() async throws {
    let server = FakeServer()
    let gate = Gate()
    let exchange = server.start { response in
      try await response.write(.big)
      try await response.finish()
      #expect(response.connectionStatus == .finished)
      await gate.wait()
      server.log.add("worked")
    }
    let reception = try await exchange.receiveAll(log: server.log)
    #expect(reception.client.text == .big && reception.client.isComplete)
    #expect(reception.client.field(.contentLength) == "\(reception.client.wireBytes.count)")
    await exchange.released()
    #expect(exchange.isReleased)
    #expect(server.log.all == ["end"])
    #expect(server.engine.service.releasedCount == 1)
    #expect(server.gzip.pool.liveCount == 0)
    gate.open()
    await server.idle()
    #expect(server.log.all == ["end", "worked"])
    #expect(server.engine.service.handlerCount == 0)
  }

  @Test func `a page that buffers hold leaves with its length`() async throws {
    let server = FakeServer()
    let reception = try await server.respond { response in
      response.output.start()
      response.output.start()
      for _ in 0..<100 { response.output.write(.big) }
    }
    #expect(reception.client.text == String(repeating: .big, count: 100))
    #expect(reception.client.field(.contentLength) == "\(reception.client.wireBytes.count)")
  }

  @Test func `a longer page that buffers hold is coded in slices, each sent before the next`()
    async throws
  {
    let server = FakeServer(settings: { $0.maximumWholeBytes = 100_000 })
    let exchange = server.start { response in
      response.output.start()
      for _ in 0..<500 { response.output.write(.big) }
    }
    let client = WireClient()
    var outputCount = 0
    while !client.isComplete, case .output(let output) = await exchange.next() {
      outputCount += 1
      try client.receive(output)
      exchange.acknowledge(reusing: output.body)
    }
    #expect(client.text == String(repeating: .big, count: 500))
    #expect(client.contentEncoding == "gzip" && client.field(.contentLength) == nil)
    // The head is sent before the whole body is coded.
    #expect(outputCount > 1)
  }

  @Test func `a longer page that isn't coded leaves with its length`() async throws {
    let server = FakeServer(settings: { $0.maximumWholeBytes = 100_000 })
    let reception = try await server.respond(acceptEncoding: nil) { response in
      response.output.start()
      for _ in 0..<500 { response.output.write(.big) }
    }
    #expect(reception.client.field(.contentLength) == "\(500 * 6200)")
    #expect(reception.client.isComplete)
  }

  @Test func `a handler that returns has finished`() async throws {
    let server = FakeServer()
    let reception = try await server.respond { try await $0.write(.big) }
    #expect(reception.client.text == .big && reception.client.isComplete)
    await server.idle()
    #expect(server.engine.service.handlerCount == 0)
  }

  @Test func `after the end writes are discarded and counted, and changes throw`() async throws {
    let server = FakeServer()
    let reception = try await server.respond { response in
      try await response.write("hello")
      response.output.start()
      try await response.finish(.close)
      #expect(response.output.level == 0)
      try await response.finish()
      try await response.write("12345")
      response.output.write("678")
      try await response.flush()
      response.output.start()
      try await response.write("90")
      try response.output.endFlush()
      #expect(response.discardedByteCount == 10)
      #expect(code { try response.updateHead { $0.status = .notFound } } == .ended)
      #expect(code { try response.setTrailers(nil) } == .ended)
      #expect(code { try response.reset() } == .ended)
      #expect(response.head.status == .ok)
      #expect(response.bodyByteCount == 5)
      server.log.add("done")
    }
    await server.idle()
    #expect(reception.client.text == "hello")
    #expect(reception.client.closesConnection)
    #expect(reception.client.field(.connection) == "close")
    #expect(server.log.all == ["end", "done"])
  }

  @Test func `an end that was refused and reset doesn't close the connection`() async throws {
    let server = FakeServer()
    let reception = try await server.respond(acceptEncoding: nil) { response in
      try response.updateHead { $0.headerFields[.contentLength] = "5" }
      #expect(await code { try await response.finish(.close) } == .declaredLengthNotReached)
      try response.reset()
      try await response.write("hello")
      try await response.finish()
    }
    #expect(reception.client.text == "hello")
    #expect(!reception.client.closesConnection)
    #expect(reception.client.field(.connection) == nil)
  }

  @Test func `finish ends buffers that aren't removable, through their handlers`() async throws {
    let server = FakeServer()
    let reception = try await server.respond { response in
      response.output.start(named: "brackets", capabilities: []) { input, _, output in
        output.append(UInt8(ascii: "["))
        output.append(copying: input)
        output.append(UInt8(ascii: "]"))
      }
      response.output.start(capabilities: [])
      try await response.write("hello")
      try await response.finish()
    }
    #expect(reception.client.text == "[hello]")
  }

  @Test func `changes of the head after the commit throw and change nothing`() async throws {
    let server = FakeServer()
    let reception = try await server.respond { response in
      try response.updateHead { $0.headerFields[.eTag] = "\"v1\"" }
      try await response.flush()
      #expect(!response.isOpen)
      #expect(code { try response.updateHead { $0.status = .notFound } } == .committed)
      #expect(code { try response.disableProxyBuffering() } == .committed)
      response.compressionMode = .off
      #expect(response.compressionMode == nil)
      #expect(code { try response.reset() } == .committed)
      #expect(response.head.status == .ok)
      #expect(response.decision?.coding == .gzip)
    }
    #expect(reception.client.head?.response.status == .ok)
    #expect(reception.client.field(.eTag) == "W/\"v1--gzip\"")
  }

  @Test func `changing the head may look at the response`() async throws {
    let server = FakeServer()
    let reception = try await server.respond { response in
      try response.updateHead { head in
        response.output.write("hello")
        #expect(response.isOpen && response.head.status == .ok)
        head.status = .created
      }
      let error = code {
        try response.updateHead { head in
          response.output.flushSink()
          head.status = .notFound
        }
      }
      #expect(error == .committed)
    }
    #expect(reception.client.head?.response.status == .created)
    #expect(reception.client.text == "hello")
  }

  @Test func `reset leaves nothing of what was, also in buffers`() async throws {
    let server = FakeServer()
    let reception = try await server.respond { response in
      var hints = HTTPResponse(status: .earlyHints)
      hints.headerFields[.link] = "</a.css>"
      try await response.sendInformational(hints)
      try response.updateHead { $0.status = .notFound }
      response.output.start(named: "log") { input, phase, output in
        server.log.add("\(phase.contains(.clean)) \(phase.contains(.final)) \(input.count)")
        output.append(copying: input)
      }
      try await response.write("discarded")
      response.output.start()
      try await response.write("too")
      try response.reset()
      #expect(response.output.level == 0 && response.bodyByteCount == 0)
      try await response.write("hello")
    }
    #expect(reception.client.informational.map(\.status) == [.earlyHints])
    #expect(reception.client.head?.response.status == .ok)
    #expect(reception.client.text == "hello")
    #expect(server.log.all == ["true true 9", "end"])
  }

  @Test func `what can't be ended has released nothing, and can be replaced`() async throws {
    let server = FakeServer()
    let reception = try await server.respond(acceptEncoding: nil) { response in
      try response.beforeRelease { server.log.add("released") }
      try response.updateHead { $0.headerFields[.contentLength] = "3" }
      try await response.write("hello")
      #expect(await code { try await response.finish() } == .declaredLengthExceeded)
      #expect(server.log.all == [])
      try response.reset()
      try await response.write("sorry")
      try await response.finish()
    }
    #expect(reception.client.text == "sorry")
    #expect(server.log.all == ["released", "end"])
  }

  @Test func `a response that failed takes nothing more, and says so`() async throws {
    let server = FakeServer(settings: { $0.ignoresDisconnect = true })
    let reception = try await server.respond(acceptEncoding: nil) { response in
      try response.updateHead { $0.headerFields[.contentLength] = "5" }
      try await response.flush()
      #expect(await code { try await response.finish() } == .declaredLengthNotReached)
      #expect(code { try response.reset() } == .ended)
      #expect(code { try response.updateHead { $0.status = .notFound } } == .ended)
      #expect(await code { try await response.write("late") } == .ended)
      #expect(await code { try await response.finish() } == .ended)
    }
    #expect(reception.wasAborted)
    await server.idle()
  }

  @Test func `a handler that keeps the response can't use it after returning`() async throws {
    final class Box: @unchecked Sendable { var response: BufferedResponse? }
    let box = Box()
    let server = FakeServer()
    let reception = try await server.respond { response in
      box.response = response
      try await response.write("hello")
    }
    await server.idle()
    let response = try #require(box.response)
    #expect(await code { try await response.write("late") } == .ended)
    #expect(await code { try await response.flush() } == .ended)
    #expect(await code { try await response.finish() } == .ended)
    #expect(code { try response.beforeRelease {} } == .ended)
    #expect(code { try response.atEnd { _ in } } == .ended)
    #expect(code { try response.updateHead { _ in } } == .ended)
    response.output.write("late")
    response.setTimeLimit(.zero)
    #expect(response.discardedByteCount == 4)
    #expect(response.connectionStatus == .finished)
    #expect(reception.client.text == "hello")
  }

  @Test func `a nested function may finish for its caller`() async throws {
    let server = FakeServer()
    let reception = try await server.respond { response in
      @Sendable func inner(_ response: BufferedResponse, depth: Int) async throws {
        response.output.start()
        try await response.write("\(depth)")
        if depth < 3 { try await inner(response, depth: depth + 1) }
        try await response.finish()
      }
      try await inner(response, depth: 1)
      try await response.finish()
    }
    #expect(reception.client.text == "123" && reception.client.isComplete)
  }
}
