#if Conformance
  import Foundation
  import HTTPOutputBuffering
  import HTTPTypes
  import Logging
  import ToyHTTP
  import UnixSignals

  /// The scripted application on the server of `docs/write-an-adapter.md`.
  struct ToyScriptServer {
    let application: ScriptedApplication

    func run(port: Int, logger: Logger) async throws {
      guard let port = UInt16(exactly: port) else { throw ToyServer.NoPort() }
      let server = try ToyServer(
        port: port, buffering: application.buffering, logger: logger
      ) { [application] request in
        let target = URLComponents(string: request.target)
        let key = target?.queryItems?.first { $0.name == "key" }?.value
        if let json = application.answerSideDoor(
          request.method, path: target?.path ?? "/", key: key)
        {
          return .bytes(String(decoding: json, as: UTF8.self), contentType: "application/json")
        }
        guard let script = try? application.script(request.head, body: Data(request.content))
        else { return .refusal }
        return .handler(application.head(of: script)) { response in
          try await application.run(script, on: response)
        }
      }
      let signals = await UnixSignalsSequence(trapping: .sigterm)
      await application.buffering.service.run {
        server.start()
        announce(port: server.port)
        for await _ in signals { break }
        await server.stop()
      }
    }
  }

  extension ToyRequest {
    /// The head in the application's types, with only the fields that it reads.
    fileprivate var head: HTTPRequest {
      var fields = HTTPFields()
      for name in HTTPField.Name.scripted {
        fields.add(
          values(of: name.canonicalName).lazy.map { HTTPField(name: name, value: $0) })
      }
      return HTTPRequest(
        method: method, scheme: "http", authority: values(of: "host").first, path: target,
        headerFields: fields)
    }
  }
#endif
