#if HummingbirdHTTP2
  import Hummingbird
  import OutputBufferingHummingbird

  /// The subject of the example tests: a route that answers first and keeps working.
  struct Shop: Sendable {
    let warehouse: Warehouse
    let buffering = ResponseBuffering(codings: [.gzip()])

    func confirm(_ order: String, in response: BufferedResponse) async throws {
      try response.updateHead { $0.headerFields[.contentType] = "text/html; charset=utf-8" }
      try await response.write("<h1>Thank you</h1>")
      try await response.finish()
      await warehouse.send(order)
    }

    func makeApplication() -> some ApplicationProtocol {
      let router = Router()
      router.add(middleware: ContentCodingMiddleware(buffering))
      router.post("orders") { request, context in
        let order = try await String(buffer: request.body.collect(upTo: 65_536))
        return try await buffering.response(to: request, context: context) { response in
          try await confirm(order, in: response)
        }
      }
      router.get("catalogue") { _, _ in String(repeating: "<p>Apples", count: 1000) }
      return Application(
        router: router, server: .bufferedHTTP1(), services: [buffering.service])
    }
  }

  actor Warehouse {
    private(set) var orders: [String] = []

    func send(_ order: String) {
      orders.append(order)
    }
  }
#endif
