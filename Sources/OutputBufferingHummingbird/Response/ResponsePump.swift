#if Hummingbird
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import NIOCore
  import OutputBufferingNIO
  import Synchronization

  /// Passes an outlet's output to Hummingbird.
  ///
  /// If Hummingbird drops the response without writing its body, the outlet is destroyed with the
  /// pump.
  final class ResponsePump: Sendable {
    /// The outlet; nil while it is in use, and when no more output follows.
    private let outlet: Mutex<ResponseOutlet?>
    private let exchange: ResponseExchange
    private let connection: HTTPServerConnection?
    /// The number of the request on its connection.
    private let request: Int?
    private let buffering: ResponseBuffering
    /// The guard of the request's body, if there is one.
    private let bodyGate: RequestBodyGate?

    init(
      outlet: consuming ResponseOutlet, connection: HTTPServerConnection?,
      buffering: ResponseBuffering, bodyGate: RequestBodyGate?
    ) {
      self.exchange = outlet.exchange
      self.outlet = Mutex(outlet)
      self.connection = connection
      self.request = connection?.servedNumber
      self.buffering = buffering
      self.bodyGate = bodyGate
    }

    deinit {
      bodyGate?.close()
      guard let outlet = takeOutlet() else { return }
      _ = consume outlet
      connection?.keep(for: exchange)
    }

    private func takeOutlet() -> ResponseOutlet? { outlet.withLock { $0.take() } }

    /// Waits for the committed head.
    func response() async throws -> Response {
      guard var outlet = takeOutlet() else { throw HTTPError(.internalServerError) }
      // After a handler that never suspended, no wait is needed.
      if let event = outlet.nextIfReady(),
        let response = try await response(to: event, from: &outlet)
      {
        return hold(outlet, for: response)
      }
      let awaited = try await buffering.watchingShutdown(on: connection) {
        try await withTaskCancellationHandler {
          while true {
            let event = await outlet.next()
            if let response = try await response(to: event, from: &outlet) { return response }
          }
        } onCancel: {
          exchange.disconnected()
        }
      }
      return hold(outlet, for: awaited)
    }

    /// Holds an outlet until Hummingbird writes the body.
    private func hold(_ outlet: consuming ResponseOutlet, for response: Response) -> Response {
      var held: ResponseOutlet? = outlet
      self.outlet.withLock { $0 = held.take() }
      return response
    }

    /// - Returns: The response; nil before its head is committed.
    private func response(
      to event: ResponseExchange.Event, from outlet: inout ResponseOutlet
    ) async throws -> Response? {
      switch event {
      case .failed(let error):
        connection?.end(exchange)
        await released()
        if let error = error as? ResponseError, error.code == .timedOut {
          throw HTTPError(.serviceUnavailable)
        }
        throw error
      case .aborted:
        await released()
        // Without a client there is nothing to abort.
        if let connection, connection.isWriter(exchange) {
          if Task.isCancelled,
            !connection.hasClientLeft(
              allowingHalfClosed: buffering.settings.allowsHalfClosedClients)
          {
            // Only the server has given up the route, and may answer in its place.
            connection.end(exchange)
            throw CancellationError()
          }
          connection.abort()
        }
        throw HTTPError(.internalServerError)
      case .output(let output):
        for interim in output.informational {
          try? await connection?.sendInformational(interim)
        }
        // Without a head, more output follows.
        return output.head.map { response($0, first: output, from: &outlet) }
      }
    }

    private func response(
      _ head: ResponseOutput.Head, first: ResponseOutput, from outlet: inout ResponseOutlet
    ) -> Response {
      if first.closesConnection { connection?.closeAtEnd() }
      if head.framing == .noContent, head.response.headerFields[.contentLength] == nil {
        connection?.omitContentLength()
      }
      var response = Response(status: head.response.status)
      if let connection, case .complete(nil) = first.end, exchange.isReleased,
        connection.acknowledgeAtEnd(exchange)
      {
        // Send head, content and end in a single write.
        bodyGate?.close()
        outlet.handOver()
        response.body = ResponseBody(whole: first.body)
      } else {
        response.body = ResponseBody { [self] writer in
          try await buffering.watchingShutdown(on: connection) {
            try await withTaskCancellationHandler {
              try await write(first, framing: head.framing, to: &writer)
            } onCancel: {
              exchange.disconnected()
            }
          }
        }
      }
      // Hummingbird derives a length from the body, but the committed fields count.
      response.headers = head.response.headerFields
      if connection == nil { response.headers.suitServerWithoutConnection(head.framing) }
      return response
    }

    /// Writes the body, beginning with the output that came with the head.
    // Hummingbird's writer belongs to the concurrent executor, like everything that Hummingbird
    // awaits.
    @concurrent
    private func write(
      _ first: ResponseOutput, framing: MessageFraming, to writer: inout any ResponseBodyWriter
    ) async throws {
      guard var outlet = takeOutlet() else {
        throw ResponseError(code: .ended, message: "the response has been written before")
      }
      exchange.onBreakOff { [connection, request] in
        connection?.breakOff(framing, answering: request)
      }
      var output = first
      var backPressure = BackPressure(channel: connection?.channel)
      do {
        while true {
          if !output.body.isEmpty {
            try await output.body.write(to: &writer)
            try await backPressure.wrote(output.body.count)
          }
          if output.closesConnection { connection?.closeAtEnd() }
          if case .complete(let trailers) = output.end {
            // The handler may continue as soon as the end is taken.
            bodyGate?.close()
            // A middleware that collects the body writes nothing before this returns.
            let isAcknowledgedAtEnd =
              exchange.isReleased && connection?.acknowledgeAtEnd(exchange) == true
            try await writer.finish(trailers)
            // The writer takes the end long before the transport has sent it.
            isAcknowledgedAtEnd ? outlet.handOver() : outlet.acknowledge()
            await released()
            await bodyGate?.closed()
            return
          }
          guard case .output(let next) = await outlet.next(reusing: output.body) else {
            throw ResponseError(code: .disconnected, message: "the response was aborted")
          }
          output = next
        }
      } catch {
        exchange.disconnected()
        connection?.breakOff(framing, answering: request)
        await released()
        throw error
      }
    }
  }

  extension ResponsePump {
    /// Waits until the connection may serve its next request.
    private func released() async {
      guard let connection else { return await exchange.released() }
      await connection.released(by: exchange)
    }
  }

  extension HTTPFields {
    /// Changes committed fields for a server without this library's handler.
    ///
    /// It isn't known whether the server speaks HTTP/2, where `Connection` would end the whole
    /// connection (RFC 9113 §8.2.2), and nothing would close the connection after the response. The
    /// server's HTTP/1 encoder ends a response to HEAD that has no length with a chunk, which the
    /// client would take for the next head.
    fileprivate mutating func suitServerWithoutConnection(_ framing: MessageFraming) {
      self[.connection] = nil
      if framing == .noContent && self[.contentLength] == nil { self[.contentLength] = "0" }
    }
  }
#endif
