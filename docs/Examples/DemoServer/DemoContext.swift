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

    /// The client's port, which tells one connection from another.
    var port: Int { channel.remoteAddress?.port ?? 0 }
  }

  /// Tells the client which connection it is on by `X-Demo-Connection`: no browser tells a page.
  ///
  /// It is a mark of the run as well, for an answer that a browser doesn't show, such as a redirect; and so is the
  /// end of a connection that is closed after its answer.
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
