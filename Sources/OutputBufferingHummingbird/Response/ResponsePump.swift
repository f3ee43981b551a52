#if Hummingbird
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import NIOCore
  import OutputBufferingNIO
  import Synchronization

  /// Takes what an exchange hands out and gives it to Hummingbird.
  ///
  /// When Hummingbird drops the response without having written its body, nobody would take anything
  /// any more: the pump's deinitialisation tells the exchange.
  final class ResponsePump: Sendable {
    private let exchange: ResponseExchange
    private let connection: HTTPServerConnection?
    private let buffering: ResponseBuffering
    /// What guards the request's body; nil where nothing does.
    private let bodyGate: RequestBodyGate?
    /// Nothing is left to be told to the exchange: it has failed, or its last output is Hummingbird's to
    /// write and the connection's to acknowledge.
    private let isDone = Atomic(false)

    init(
      exchange: ResponseExchange, connection: HTTPServerConnection?, buffering: ResponseBuffering,
      bodyGate: RequestBodyGate?
    ) {
      self.exchange = exchange
      self.connection = connection
      self.buffering = buffering
      self.bodyGate = bodyGate
    }

    deinit {
      bodyGate?.close()
      guard !isDone.load(ordering: .acquiring) else { return }
      exchange.abandoned()
      connection?.keep(for: exchange)
    }

    /// Waits for the committed head.
    func response() async throws -> Response {
      // A handler that never suspended has left nothing to wait for.
      if let response = try await response(to: exchange.nextIfReady()) { return response }
      return try await buffering.watchingShutdown(on: connection) {
        try await withTaskCancellationHandler {
          while true {
            if let response = try await response(to: exchange.next()) { return response }
          }
        } onCancel: {
          exchange.disconnected()
        }
      }
    }

    /// - Returns: The response; nil before its head is committed.
    private func response(to event: ResponseExchange.Event?) async throws -> Response? {
      switch event {
      case nil: return nil
      case .failed(let error):
        isDone.store(true, ordering: .releasing)
        connection?.end(exchange)
        await released()
        if let error = error as? ResponseError, error.code == .timedOut {
          throw HTTPError(.serviceUnavailable)
        }
        throw error
      case .aborted:
        await released()
        connection?.abort()
        throw HTTPError(.internalServerError)
      case .output(let output):
        for interim in output.informational {
          try? await connection?.sendInformational(interim)
        }
        // Without a head there is more to come.
        return output.head.map { response($0, first: output) }
      }
    }

    private func response(_ head: ResponseOutput.Head, first: ResponseOutput) -> Response {
      if first.closesConnection { connection?.closeAtEnd() }
      if head.framing == .noContent, head.response.headerFields[.contentLength] == nil {
        connection?.omitContentLength()
      }
      var response = Response(status: head.response.status)
      if let connection, case .complete(nil) = first.end, exchange.isReleased,
        connection.acknowledgeAtEnd()
      {
        // Head, content and end in one write.
        bodyGate?.close()
        isDone.store(true, ordering: .releasing)
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
      // Hummingbird derives a length from the body; the committed fields are what counts.
      response.headers = head.response.headerFields
      if connection == nil { response.headers.suitServerWithoutConnection(head.framing) }
      return response
    }

    /// Writes the body, from the output that came with the head to the end.
    // Hummingbird's writer belongs to the concurrent executor, as all that Hummingbird awaits.
    @concurrent
    private func write(
      _ first: ResponseOutput, framing: MessageFraming, to writer: inout any ResponseBodyWriter
    ) async throws {
      exchange.onBreakOff { [connection] in connection?.breakOff(framing) }
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
            // The handler may go on as soon as the end is taken.
            bodyGate?.close()
            // A middleware that collects the body writes nothing before this returns.
            let isAcknowledgedAtEnd = exchange.isReleased && connection?.acknowledgeAtEnd() == true
            try await writer.finish(trailers)
            if isAcknowledgedAtEnd {
              // The writer takes the end long before the transport has sent it.
              isDone.store(true, ordering: .releasing)
            } else {
              exchange.acknowledge(reusing: output.body)
            }
            await released()
            await bodyGate?.closed()
            return
          }
          exchange.acknowledge(reusing: output.body)
          guard case .output(let next) = await exchange.next() else {
            throw ResponseError(code: .disconnected, message: "the response was broken off")
          }
          output = next
        }
      } catch {
        exchange.disconnected()
        connection?.breakOff(framing)
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
    /// Changes committed fields for a server that nothing of this library stands in.
    ///
    /// Whether it speaks HTTP/2, where `Connection` is the end of the whole connection (RFC 9113
    /// §8.2.2), isn't known, and nobody would close behind the response anyway. Its HTTP/1 encoder ends
    /// a response to HEAD that has no length by a chunk, which the client would take for the next head.
    fileprivate mutating func suitServerWithoutConnection(_ framing: MessageFraming) {
      self[.connection] = nil
      if framing == .noContent && self[.contentLength] == nil { self[.contentLength] = "0" }
    }
  }
#endif
