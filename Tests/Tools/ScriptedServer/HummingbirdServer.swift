#if Conformance
  import Foundation
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import HummingbirdCore
  import Logging
  import OutputBufferingHummingbird
  import ServiceLifecycle
  import UnixSignals

  /// The scripted application on Hummingbird.
  struct HummingbirdServer {
    let application: ScriptedApplication
    let server: HTTPServerBuilder

    func run(port: Int, logger: Logger) async throws {
      let app = Application(
        responder: CallbackResponder { request, context in
          do {
            return try await respond(to: request, context)
          } catch let error as any HTTPResponseError {
            // Same as Hummingbird's router.
            return try error.response(from: request, context: context)
          }
        },
        server: server,
        configuration: .init(address: .hostname("127.0.0.1", port: port)),
        services: [application.buffering.service],
        onServerRunning: { announce(port: $0.localAddress?.port ?? 0) },
        logger: logger)
      let group = ServiceGroup(configuration: .init(services: [app], logger: logger))
      let signals = await UnixSignalsSequence(trapping: .sigterm)
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        tasks.addTask {
          for await _ in signals { break }
          await group.triggerGracefulShutdown()
          await application.handlersEnded()
          // Abandon clients that read nothing or don't respond to GOAWAY.
          try await Task.sleep(for: .seconds(1))
        }
        try await tasks.next()
        tasks.cancelAll()
      }
    }

    private func respond(
      to request: Request, _ context: BasicRequestContext
    ) async throws -> Response {
      let key = request.uri.queryParameters["key"].map(String.init)
      if let json = application.answerSideDoor(request.method, path: request.uri.path, key: key) {
        return Response(
          status: .ok, headers: [.contentType: "application/json"],
          body: ResponseBody(byteBuffer: ByteBuffer(bytes: json)))
      }
      let script: Script
      do {
        var found: Script?
        if ScriptedApplication.hasScriptField(request.head) {
          found = try application.script(request.head, body: Data())
        }
        // A script in a field may read the content itself.
        if let found, found.ops.contains(where: { $0.op == "readContent" }) {
          script = found
        } else {
          guard let content = try? await request.body.collect(upTo: 1 << 20) else {
            return Response(status: .contentTooLarge)
          }
          script =
            try found ?? application.script(request.head, body: Data(content.readableBytesView))
        }
      } catch {
        return Response(status: .badRequest)
      }
      if request.uri.path == "/route" {
        return try await ScriptedRoute(application: application, script: script)
          .respond(to: request, context)
      }
      let readContent: ScriptedApplication.ReadContent = {
        for try await _ in request.body {}
      }
      let buffering = application.buffering
      return try await buffering.response(
        to: request, context: context, head: application.head(of: script)
      ) { [application] response in
        try await application.run(script, on: response, readContent: readContent)
      }
    }
  }
#endif
