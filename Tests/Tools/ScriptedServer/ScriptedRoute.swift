#if Conformance
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import OutputBufferingHummingbird

  /// Runs a script as a plain Hummingbird route behind the library's middleware.
  ///
  /// The script's content is a body in memory; with a `sleep` it is a stream, one write after
  /// another; with a `throw` it is the page of an error that the route throws.
  struct ScriptedRoute {
    let application: ScriptedApplication
    let script: Script

    /// An error whose response is a page.
    private struct Page: HTTPResponseError {
      let page: Response

      var status: HTTPResponse.Status { page.status }

      func response(from request: Request, context: some RequestContext) throws -> Response { page }
    }

    func respond(to request: Request, _ context: BasicRequestContext) async throws -> Response {
      let middleware = ContentCodingMiddleware<BasicRequestContext>(application.buffering)
      return try await middleware.handle(request, context: context) { _, _ in
        let names = Set(script.ops.map(\.op))
        let head = application.head(of: script)
        let body = names.contains("sleep") ? stream() : whole()
        let response = Response(status: head.status, headers: head.headerFields, body: body)
        if names.contains("throw") { throw Page(page: response) }
        return response
      }
    }

    private func whole() -> ResponseBody {
      let writes = script.ops.filter { $0.op == "write" }
      return ResponseBody(byteBuffer: ByteBuffer(bytes: writes.flatMap(\.content)))
    }

    private func stream() -> ResponseBody {
      let record = application.log.begin()
      return ResponseBody { writer in
        do {
          for operation in script.ops {
            switch operation.op {
            case "write": try await writer.write(ByteBuffer(bytes: operation.content))
            case "sleep": try await Task.sleep(for: .milliseconds(operation.ms ?? 0))
            case "mark": record.mark(operation.key ?? "")
            default: throw Script.Malformed()
            }
          }
          try await writer.finish(nil)
          record.end(.finished)
        } catch {
          record.mark("failed")
          record.end(.aborted)
          throw error
        }
      }
    }
  }
#endif
