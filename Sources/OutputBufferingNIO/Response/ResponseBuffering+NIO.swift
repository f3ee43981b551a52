#if NIO
  public import HTTPOutputBuffering
  public import HTTPTypes
  public import Logging
  public import NIOCore
  public import NIOHTTPTypes

  extension ResponseBuffering {
    /// Answers a request on an asynchronous channel with a handler that can end its response early.
    ///
    /// ```swift
    /// try await buffering.respond(to: request, on: connection, outbound: outbound) {
    ///   [order] response in
    ///   try response.updateHead { head in
    ///     head.status = .created
    ///     head.headerFields[.contentType] = "text/html; charset=utf-8"
    ///   }
    ///   try await response.write("<p>Thank you for your order.</p>")
    ///   try await response.finish()  // the client has the whole answer and is released
    ///   try await warehouse.send(order)  // and the handler keeps working
    /// }
    /// ```
    ///
    /// Read the request's body before this call, since the handler doesn't receive it. Answer the
    /// requests of a connection one after the other, in order. The method returns once the
    /// connection can serve its next request, even if the handler is still working.
    ///
    /// A handler that fails before anything is sent is answered with 500, and one that exceeds its
    /// time limit with 503, both without content. A request that the response buffering refuses
    /// (`ResponseSettings.Admission.refuses`) is also answered with 503.
    ///
    /// - Parameters:
    ///   - request: The request's head.
    ///   - connection: Its connection or HTTP/2 stream, as returned by
    ///     `watchHTTP1(_:sendsFileRegions:)` or `watchHTTP2Stream(_:)`.
    ///   - outbound: The writer of the watched channel.
    ///   - head: The initial response head.
    ///   - logger: A logger with the request's metadata.
    ///   - handler: Writes the response.
    /// - Throws: An error if the response couldn't be completed: close the connection in that case.
    ///   `ResponseError.Code.ended` if the request has been answered and no other has arrived.
    public func respond(
      to request: HTTPRequest,
      on connection: HTTPServerConnection,
      outbound: NIOAsyncChannelOutboundWriter<HTTPResponsePart>,
      head: HTTPResponse = HTTPResponse(status: .ok),
      logger: Logger = Logger(label: "swift-output-buffering"),
      _ handler: @escaping @Sendable @concurrent (BufferedResponse) async throws -> Void
    ) async throws {
      guard await connection.requestStarted() else {
        guard connection.isClosing else {
          throw ResponseError(code: .ended, message: "the request has been answered")
        }
        // After a response that closes the connection, no request is processed. The rest of that
        // response goes out first.
        await connection.closed()
        throw ChannelError.alreadyClosed
      }
      guard !refusesResponses else {
        return try await outbound.answer(.serviceUnavailable)
      }
      var outlet = start(
        for: RequestMetadata(request, version: connection.version),
        head: head,
        name: HandlerName(request),
        logger: logger,
        takesFiles: connection.sendsFileRegions,
        begin: connection.begin,
        handler: handler)
      let exchange = outlet.exchange
      try await withTaskCancellationHandler {
        try await connection.write(&outlet, to: outbound)
      } onCancel: {
        exchange.disconnected()
      }
    }
  }

  extension HTTPServerConnection {
    /// Writes an outlet's output to the connection's channel.
    fileprivate func write(
      _ outlet: inout ResponseOutlet, to outbound: NIOAsyncChannelOutboundWriter<HTTPResponsePart>
    ) async throws {
      let exchange = outlet.exchange
      var framing = MessageFraming.noContent
      do {
        var backPressure = BackPressure(channel: channel)
        var spent: ContiguousArray<UInt8> = []
        while true {
          switch await outlet.next(reusing: spent) {
          case .failed(let error):
            end(exchange)
            let isLate = (error as? ResponseError)?.code == .timedOut
            try await outbound.answer(isLate ? .serviceUnavailable : .internalServerError)
            // A handler that keeps working keeps the connection, unless it is admitted.
            return await released(by: exchange)
          case .aborted:
            throw ResponseError(code: .disconnected, message: "the response was aborted")
          case .output(let output):
            if let head = output.head {
              framing = head.framing
              // Before the head there is nothing to break off: the server itself answers.
              exchange.onBreakOff { [self, framing] in breakOff(framing) }
            }
            if output.closesConnection { closeAtEnd() }
            // The writer accepts the end long before the transport has sent it.
            let isAcknowledgedAtEnd = output.end != nil && acknowledgeAtEnd(exchange)
            try await outbound.write(contentsOf: output.parts)
            if isAcknowledgedAtEnd {
              outlet.handOver()
              return await released(by: exchange)
            }
            try await backPressure.wrote(output.body.count)
            if let region = (output.file as? RegionFile)?.region {
              try await send(region)
            } else if let file = output.file {
              try await file.read { bytes in
                try await outbound.write(.body(ByteBuffer(bytes: bytes)))
                try await backPressure.wrote(bytes.count)
              }
            }
            if output.end != nil {
              outlet.acknowledge()
              return await released(by: exchange)
            }
            spent = output.body
          }
        }
      } catch {
        exchange.disconnected()
        breakOff(framing)
        await released(by: exchange)
        throw error
      }
    }
  }

  extension ResponseOutput {
    /// The output as one write.
    fileprivate var parts: [HTTPResponsePart] {
      var parts = informational.map(HTTPResponsePart.head)
      if let head { parts.append(.head(head.response)) }
      body.forEachBuffer { parts.append(.body($0)) }
      if case .complete(let trailers) = end { parts.append(.end(trailers)) }
      return parts
    }
  }

  extension NIOAsyncChannelOutboundWriter<HTTPResponsePart> {
    /// Answers without content.
    fileprivate func answer(_ status: HTTPResponse.Status) async throws {
      let head = HTTPResponse(status: status, headerFields: [.contentLength: "0"])
      try await write(contentsOf: [.head(head), .end(nil)])
    }
  }
#endif
