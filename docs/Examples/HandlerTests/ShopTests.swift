#if HummingbirdHTTP2
  import HTTPOutputBufferingTesting
  import Hummingbird
  import HummingbirdTesting
  import OutputBufferingHummingbird
  import Testing

  @Suite struct ShopTests {
    @Test func `the customer has the answer before the warehouse has the order`() async throws {
      let shop = Shop(warehouse: Warehouse())
      let received = try await shop.buffering.test { response in
        try await shop.confirm("8 apples", in: response)
      }
      #expect(received.text == "<h1>Thank you</h1>")
      #expect(received.head?.headerFields[.contentLength] == "18")
      #expect(received.isFinishedEarly)
      #expect(await shop.warehouse.orders == ["8 apples"])
    }

    @Test func `a customer who has left orders nothing`() async throws {
      let shop = Shop(warehouse: Warehouse())
      let received = try await shop.buffering.test(clientLeaves: .beforeHead) { response in
        try await shop.confirm("8 apples", in: response)
      }
      #expect(received.connectionStatus == .aborted)
      #expect((received.error as? ResponseError)?.code == .disconnected)
      #expect(await shop.warehouse.orders.isEmpty)
    }

    @Test func `a page that is long enough is compressed`() async throws {
      let shop = Shop(warehouse: Warehouse())
      let page = String(repeating: "<p>Apples", count: 1000)
      let received = try await shop.buffering.test { try await $0.write(page) }
      #expect(received.decision?.reason == .noContentType)
      let typed = try await shop.buffering.test(
        head: HTTPResponse(status: .ok, headerFields: [.contentType: "text/html"])
      ) { response in
        try await response.write(page)
      }
      #expect(typed.decision?.coding == .gzip && typed.text == page)
      #expect(typed.contentByteCount < page.utf8.count)
    }

    @Test func `a client that accepts no coding gets the page as it is`() async throws {
      let shop = Shop(warehouse: Warehouse())
      let page = String(repeating: "<p>Apples", count: 1000)
      let request = HTTPRequest(
        method: .get, scheme: "http", authority: "localhost", path: "/", headerFields: [:])
      let received = try await shop.buffering.test(
        request, version: .http1_0,
        head: HTTPResponse(status: .ok, headerFields: [.contentType: "text/html"])
      ) { response in
        try await response.write(page)
      }
      #expect(received.decision?.reason == .noAcceptEncoding)
      #expect(received.text == page)
    }

    @Test(arguments: [TestingSetup.router, .live])
    func `the routes answer`(setup: TestingSetup) async throws {
      let shop = Shop(warehouse: Warehouse())
      try await shop.makeApplication().test(setup) { client in
        try await client.execute(
          uri: "/orders", method: .post, body: ByteBuffer(string: "8 apples")
        ) { response in
          #expect(response.status == .ok)
          #expect(String(buffer: response.body) == "<h1>Thank you</h1>")
        }
        try await client.execute(
          uri: "/catalogue", method: .get, headers: [.acceptEncoding: "gzip"]
        ) { response in
          #expect(response.headers[.contentEncoding] == "gzip")
          #expect(response.headers[.vary] == "Accept-Encoding")
          #expect(response.body.readableBytes < 1000)
        }
      }
      #expect(await shop.warehouse.orders == ["8 apples"])
    }
  }
#endif
