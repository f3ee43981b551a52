// A FlyingFox server whose handler answers first and keeps working.

// snippet.hide
#if FlyingFox
  // snippet.show
  import FlyingFox
  import FlyingSocks
  import Foundation
  import OutputBufferingFlyingFox

  // snippet.hide
  struct Warehouse: Sendable {
    func send(_ order: Data) async throws {
      print("sent: \(String(decoding: order, as: UTF8.self))")
    }
  }

  func makeServer(
    port: UInt16, buffering: ResponseBuffering, warehouse: Warehouse
  ) throws -> HTTPServer {
    // snippet.show
    var routes = RoutedHTTPHandler()
    routes.appendRoute("POST /orders") { request in
      let order = try await request.bodyData
      return try await buffering.response(to: request) { response in
        try await response.write("Thank you")
        try await response.finish()
        try await warehouse.send(order)
      }
    }

    let server = HTTPServer(
      address: try .inet(ip4: "127.0.0.1", port: port),
      pool: NoDelaySocketPool(),
      handler: ContentCodingHandler(buffering, handler: routes)
    )
    // snippet.hide
    return server
  }

  func compressed(_ routes: RoutedHTTPHandler) -> any HTTPHandler {
    // snippet.show
    let handler = ContentCodingHandler(codings: [.gzip()], handler: routes)
    // snippet.hide
    return handler
  }

  func serve(_ server: HTTPServer, buffering: ResponseBuffering) async throws {
    // snippet.show
    signal(SIGTERM, SIG_IGN)
    let termination = DispatchSource.makeSignalSource(signal: SIGTERM)
    termination.setEventHandler { Task { await server.stop(draining: buffering.service) } }
    termination.activate()

    // A stopped server throws its socket's error; then the remaining work is drained.
    try? await buffering.service.run { try await server.run() }
    // snippet.hide
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

  // On any free port, for one request.
  let buffering = ResponseBuffering(codings: [.gzip()])
  let server = try makeServer(port: 0, buffering: buffering, warehouse: Warehouse())
  async let served: Void = serve(server, buffering: buffering)
  try await server.waitUntilListening()
  if case .ip4(_, let port)? = await server.listeningAddress {
    let request = "POST /orders HTTP/1.1\r\nConnection: close\r\nContent-Length: 8\r\n\r\n8 apples"
    let socket = try await AsyncSocket.connected(to: .inet(ip4: "127.0.0.1", port: port))
    try await socket.write(Data(request.utf8))
    var answer: [UInt8] = []
    while let byte = try? await socket.read() { answer.append(byte) }
    print(String(decoding: answer, as: UTF8.self))
    try socket.close()
  }
  let termination = terminateMyself()
  try await served
  termination.cancel()
  print("ended gracefully")
#else
  print("This one needs FlyingFox: swift run --traits FlyingFox FlyingFoxServer")
#endif
