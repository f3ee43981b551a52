#if Hummingbird
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import NIOCore
  import OutputBufferingHummingbird
  import OutputBufferingTesting
  import Testing

  extension SocketTests {
    /// Responses of a route at which HTTPTypes ends the process, or that are invalid.
    @Suite struct TrapTests {
      /// The maximum number of fields in HTTPTypes, minus those that Hummingbird adds.
      private static let manyFields: HTTPFields = {
        var fields: HTTPFields = [.contentType: "text/html"]
        for number in 0..<65_520 {
          if let name = HTTPField.Name("\(number)") {
            fields.append(HTTPField(name: name, value: ""))
          }
        }
        return fields
      }()

      @Test func `a route's response with as many fields as there can be passes as it is`()
        async throws
      {
        let response = try await MiddlewareTests.get(
          Response(
            status: .ok, headers: Self.manyFields,
            body: ResponseBody(byteBuffer: ByteBuffer(string: bigText))))
        #expect(response.status == 200)
        #expect(response["content-encoding"] == nil && response.text == bigText)
      }

      @Test func `a handler with too many fields, or a status that is none, is answered with 500`()
        async throws
      {
        try await TestServer.run { router, server in
          server.handle(router, "fields") { response in
            try response.updateHead { $0.headerFields = Self.manyFields }
            try await response.write(bigText)
          }
          server.handle(router, "status") { response in
            try response.updateHead { $0.status = .init(code: 99) }
            try await response.write(bigText)
          }
          server.handle(router, "page") { try await $0.write(bigText) }
        } _: { server in
          try await server.client { client in
            for path in ["/fields", "/status"] {
              let response = try client.exchange(path, method: "GET", version: "1.1", [])
              #expect(response.status == 500)
            }
            let page = try client.exchange("/page", method: "GET", version: "1.1", [])
            #expect(page.text == bigText)
          }
        }
      }
    }
  }
#endif
