#if Hummingbird
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import Logging
  import NIOCore
  import OutputBufferingNIO
  import Synchronization

  /// A route's stream, or long body, that the server's own task writes unchanged.
  ///
  /// The after-response service tracks it, so that a shutdown ends it at the `responseDeadline`.
  final class UncodedStream: ServedResponse {
    private let handlerName: HandlerName
    private let connection: HTTPServerConnection?
    private let service: AfterResponseService
    private let task = ServingTask()
    private let isCutOff = Atomic(false)

    init(
      answering request: Request, on connection: HTTPServerConnection?,
      service: AfterResponseService
    ) {
      self.handlerName = HandlerName(request.head)
      self.connection = connection
      self.service = service
      connection?.serverShutdown?.reaches(service)
      service.track(self)
    }

    deinit { service.untrack(ObjectIdentifier(self)) }

    var name: String { handlerName.description }

    func cutOff() -> Bool {
      isCutOff.store(true, ordering: .sequentiallyConsistent)
      task.cancel()
      return true
    }

    func releaseConnection() { connection?.abort() }

    /// Writes the stream in this task.
    ///
    /// - Throws: The body's error, or `CancellationError` after a cut-off even if the body returns
    ///   normally, since the message must not look complete.
    // Hummingbird's writers belong to the concurrent executor, like everything that Hummingbird
    // awaits.
    @concurrent
    func write(
      _ body: ResponseBody, to writer: inout any ResponseBodyWriter, logger: Logger
    ) async throws {
      task.begin()
      defer { task.end() }
      connection?.bodyBegan()
      // The deadline may have passed before the task existed.
      if isCutOff.load(ordering: .sequentiallyConsistent) { throw CancellationError() }
      try await body.write(TrailerFilter(writer: writer, logger: logger))
      if isCutOff.load(ordering: .sequentiallyConsistent) { throw CancellationError() }
    }
  }

  extension ResponseBody {
    /// The unchanged body of a route, tracked by the service and without forbidden trailer fields
    /// (RFC 9110 §6.5.1).
    ///
    /// - Parameters:
    ///   - stream: The stream that the service tracks.
    ///   - buffering: The response buffering whose service learns of the shutdown.
    ///   - connection: The connection, if it is watched.
    ///   - logger: The logger for the names of trailer fields that are left out.
    /// - Returns: A body of the same length.
    func watched(
      as stream: UncodedStream, by buffering: ResponseBuffering,
      on connection: HTTPServerConnection?, logger: Logger
    ) -> ResponseBody {
      ResponseBody(contentLength: contentLength) { [self] writer in
        try await buffering.watchingShutdown(on: connection) {
          // Only this operation belongs to the concurrent executor, as the writer does.
          try await withTaskCancellationHandler {
            try await stream.write(self, to: &writer, logger: logger)
          } onCancel: {
          }
        }
      }
    }
  }

  /// A writer that passes on everything except forbidden trailer fields.
  // Hummingbird's writers belong to the concurrent executor, like everything that Hummingbird
  // awaits.
  private struct TrailerFilter: ResponseBodyWriter {
    var writer: any ResponseBodyWriter
    let logger: Logger

    @concurrent
    mutating func write(_ buffer: ByteBuffer) async throws {
      try await writer.write(buffer)
    }

    @concurrent
    mutating func write(contentsOf buffers: some Sequence<ByteBuffer>) async throws {
      try await writer.write(contentsOf: buffers)
    }

    @concurrent
    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
      try await writer.finish(trailingHeaders?.trailers(loggingForbiddenBy: logger))
    }
  }
#endif
