#if Hummingbird
  import Hummingbird
  import NIOCore
  import OutputBufferingHummingbird

  /// A request's context that knows the connection.
  struct DemoContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
      coreContext = CoreRequestContextStorage(source: source)
      channel = source.channel
    }

    /// The client's port, which identifies the connection.
    var port: Int { channel.remoteAddress?.port ?? 0 }
  }

  /// Reports the connection to the client in `X-Demo-Connection`; browsers hide it from pages.
  ///
  /// The middleware also sets a mark of the run, for answers that a browser doesn't show, such as
  /// redirects, and another one when a connection closes after its answer.
  struct ConnectionReport: RouterMiddleware {
    typealias Context = DemoContext

    let marks: Marks

    func handle(
      _ request: Request, context: Context,
      next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
      var response = try await next(request, context)
      let (id, port) = (request.runID, "\(context.port)")
      response.headers[.demoConnection] = port
      marks.set("connection", for: id, to: port)
      if response.headers[.connection] == "close" {
        context.channel.closeFuture.whenComplete { [marks] _ in
          marks.set("closed", for: id, to: port)
        }
      }
      return response
    }
  }

  extension HTTPField.Name {
    static let demoConnection = Self("X-Demo-Connection")!
  }
#endif
