#if Conformance
  import FlyingFox
  import FlyingSocks
  import Foundation
  import HTTPOutputBuffering
  import HTTPTypes
  import Logging
  import OutputBufferingFlyingFox
  import UnixSignals

  /// The scripted application on FlyingFox.
  struct FlyingFoxServer {
    let application: ScriptedApplication

    func run(port: Int, logger: Logger) async throws {
      guard let port = UInt16(exactly: port) else { throw SocketError.unsupportedAddress }
      let server = HTTPServer(
        address: try .inet(ip4: "127.0.0.1", port: port),
        timeout: 60,
        pool: NoDelaySocketPool(stallLimit: application.buffering.settings.stallLimit),
        logger: .disabled,
        handler: ClosureHTTPHandler { try await respond(to: $0, logger: logger) })
      let signals = await UnixSignalsSequence(trapping: .sigterm)
      let running = Task {
        try await application.buffering.service.run { try await server.run() }
      }
      try await server.waitUntilListening()
      if case .ip4(_, let port) = await server.listeningAddress { announce(port: Int(port)) }
      for await _ in signals { break }
      await server.stop(draining: application.buffering.service)
      // A stopped server ends with the error of its listening socket.
      _ = await running.result
    }

    private func respond(
      to request: FlyingFox.HTTPRequest, logger: Logger
    ) async throws -> FlyingFox.HTTPResponse {
      let key = request.query.first { $0.name == "key" }?.value
      let method = HTTPTypes.HTTPRequest.Method(request.method.rawValue) ?? .get
      if let json = application.answerSideDoor(method, path: request.path, key: key) {
        return FlyingFox.HTTPResponse(
          statusCode: .ok, headers: [.contentType: "application/json"], body: json)
      }
      let body = try await request.bodyData
      let script: Script
      do {
        script = try application.script(request.head(method), body: body)
      } catch {
        return FlyingFox.HTTPResponse(statusCode: .badRequest)
      }
      return try await application.buffering.response(
        to: request, head: application.head(of: script), logger: logger
      ) { [application] response in
        try await application.run(script, on: response)
      }
    }
  }

  extension FlyingFox.HTTPRequest {
    /// The head in the application's types, with only the fields that it reads.
    fileprivate func head(_ method: HTTPTypes.HTTPRequest.Method) -> HTTPTypes.HTTPRequest {
      var fields = HTTPFields()
      for name in HTTPField.Name.scripted {
        let values = headers.values(for: HTTPHeader(name.rawName))
        fields.add(values.lazy.map { HTTPField(name: name, value: $0) })
      }
      return HTTPTypes.HTTPRequest(
        method: method, scheme: "http", authority: headers[.host], path: target.rawValue,
        headerFields: fields)
    }
  }
#endif
