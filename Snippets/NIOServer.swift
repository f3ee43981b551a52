// A SwiftNIO server whose handlers answer first and work on, or send a file.

// snippet.hide
#if NIO
  // snippet.show
  import Foundation
  import NIOCore
  import NIOHTTP1
  import NIOHTTPTypes
  import NIOHTTPTypesHTTP1
  import NIOPosix
  import OutputBufferingNIO

  // snippet.hide
  struct Warehouse: Sendable {
    func send(_ order: ByteBuffer) async throws {
      try await Task.sleep(for: .milliseconds(200))
      print("sent: \(String(buffer: order))")
    }
  }

  struct BodyTooLong: Error {}

  /// A file for the example, which is gone when it is closed.
  func openPrices() throws -> NIOFileHandle {
    let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try Data(repeating: UInt8(ascii: "9"), count: 200_000).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    return try NIOFileHandle(_deprecatedPath: url.path)
  }

  // snippet.show
  typealias MessageChannel = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

  struct Client: Sendable {
    var connection: HTTPServerConnection
    var messages: MessageChannel
  }

  func listen(on port: Int) async throws -> NIOAsyncChannel<Client, Never> {
    try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .bind(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: false, withErrorHandling: false)
          try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
          return Client(
            connection: try HTTPServerConnection.watchHTTP1(channel, sendsFileRegions: true),
            messages: try MessageChannel(
              wrappingChannelSynchronously: channel,
              configuration: .init(isOutboundHalfClosureEnabled: true)))
        }
      }
  }

  func serve(_ client: Client, buffering: ResponseBuffering, warehouse: Warehouse) async throws {
    let connection = client.connection
    let closing = Task {
      await buffering.service.shutdown.wait()
      connection.closeWhenIdle()
    }
    defer { closing.cancel() }
    try await client.messages.executeThenClose { inbound, outbound in
      var parts = inbound.makeAsyncIterator()
      while case .head(let request)? = try await parts.next(), !connection.isClosing {
        var order = ByteBuffer()
        while case .body(var bytes)? = try await parts.next() {
          order.writeBuffer(&bytes)
          guard order.readableBytes <= 65_536 else { throw BodyTooLong() }
        }
        if request.method == .get {
          try await buffering.respond(to: request, on: connection, outbound: outbound) { response in
            try await sendPrices(response)
          }
          continue
        }
        try await buffering.respond(to: request, on: connection, outbound: outbound) {
          [order] response in
          try response.updateHead { head in
            head.status = .created
            head.headerFields[.contentType] = "text/html; charset=utf-8"
          }
          try await response.write("<p>Thank you for your order.</p>")
          try await response.finish()  // the client has the whole answer and is released
          try await warehouse.send(order)  // and the handler keeps working
        }
      }
      // What a client still sends is read, so that it gets the answer before the close.
      while connection.isClosing, try await parts.next() != nil {}
    }
  }

  func sendPrices(_ response: BufferedResponse) async throws {
    let prices = try openPrices()
    defer { try? prices.close() }
    let region = try FileRegion(fileHandle: prices)
    try response.updateHead { $0.headerFields[.contentLength] = "\(region.readableBytes)" }
    try await response.write(region)
  }

  func run(_ server: NIOAsyncChannel<Client, Never>, warehouse: Warehouse) async throws {
    let buffering = ResponseBuffering(codings: [.gzip()])
    signal(SIGTERM, SIG_IGN)
    let termination = DispatchSource.makeSignalSource(signal: SIGTERM)
    termination.setEventHandler {
      buffering.service.beginShutdown()  // notifies the responses that are underway
      server.channel.close(promise: nil)
    }
    termination.activate()

    // Drains the remaining work when the server is closed and every client is served.
    try await buffering.service.run {
      try await server.executeThenClose { clients in
        try await withThrowingDiscardingTaskGroup { group in
          for try await client in clients {
            group.addTask {
              try? await serve(client, buffering: buffering, warehouse: warehouse)
            }
          }
        }
      }
    }
  }

  // snippet.hide
  /// Sends requests, the last of which asks for the close, and gives what comes back.
  func ask(_ port: Int, _ requests: String) async throws -> ByteBuffer {
    let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    return try await client.executeThenClose { inbound, outbound in
      try await outbound.write(ByteBuffer(string: requests))
      var received = ByteBuffer()
      for try await var bytes in inbound { received.writeBuffer(&bytes) }
      return received
    }
  }

  /// Until it is heard: the source of signals may still be on its way to the kernel.
  func terminateMyself() -> Task<Void, any Error> {
    Task {
      while true {
        kill(getpid(), SIGTERM)
        try await Task.sleep(for: .milliseconds(200))
      }
    }
  }

  // On any free port, for two requests on one connection.
  let server = try await listen(on: 0)
  let port = server.channel.localAddress?.port ?? 0
  async let running: Void = run(server, warehouse: Warehouse())
  let received = try await ask(
    port,
    """
    POST /orders HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8\r\n\r\n8 apples\
    GET /prices HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n
    """)
  print("received \(received.readableBytes) bytes:")
  print(String(buffer: received).prefix { $0 != "9" })
  let termination = terminateMyself()
  try await running
  termination.cancel()
  print("ended gracefully")
#else
  print("This one needs SwiftNIO: swift run --traits NIO NIOServer")
#endif
