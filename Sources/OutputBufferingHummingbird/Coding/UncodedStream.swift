#if Hummingbird
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import Logging
  import NIOCore
  import OutputBufferingNIO
  import Synchronization

  /// A route's stream, or long body, that goes out as it is, written by the server's own task.
  ///
  /// The after-response service knows of it, so that a shutdown ends it at the `responseDeadline`.
  final class UncodedStream: ServedResponse {
    private let request: (method: HTTPRequest.Method, path: String)
    private let connection: HTTPServerConnection?
    private let service: AfterResponseService
    private let task = ServingTask()
    private let isCutOff = Atomic(false)
    private let tracking = Atomic<UInt64>(0)

    init(
      answering request: Request, on connection: HTTPServerConnection?,
      service: AfterResponseService
    ) {
      self.request = (request.method, request.uri.path)
      self.connection = connection
      self.service = service
      connection?.serverShutdown?.reaches(service)
      tracking.store(service.track(self), ordering: .relaxed)
    }

    deinit { service.untrack(tracking.load(ordering: .relaxed)) }

    var name: String { "\(request.method) \(request.path)" }

    /// As long as the server has it.
    var isUnderway: Bool { true }

    func cutOff() -> Bool {
      isCutOff.store(true, ordering: .sequentiallyConsistent)
      task.cancel()
      return true
    }

    func releaseConnection() { connection?.abort() }

    /// Writes the stream in this task.
    ///
    /// - Throws: What the body throws, and `CancellationError` where it was cut off, whatever it made of that:
    ///   the message must not look whole.
    // Hummingbird's writers belong to the concurrent executor, as all that Hummingbird awaits.
    @concurrent
    func write(
      _ body: ResponseBody, to writer: inout any ResponseBodyWriter, logger: Logger
    ) async throws {
      task.begin()
      defer { task.end() }
      // The deadline may have passed before there was a task.
      if isCutOff.load(ordering: .sequentiallyConsistent) { throw CancellationError() }
      try await body.write(TrailerFilter(writer: writer, logger: logger))
      if isCutOff.load(ordering: .sequentiallyConsistent) { throw CancellationError() }
    }
  }

  extension ResponseBody {
    /// The body of a route as it is, known to the service, and without trailer fields that can't be any
    /// (RFC 9110 §6.5.1).
    ///
    /// - Parameters:
    ///   - stream: What the service knows of it.
    ///   - buffering: The engine whose service learns of the shutdown.
    ///   - connection: The connection, where it is watched.
    ///   - logger: Gets the names of trailer fields that are left out.
    /// - Returns: A body of the same length.
    func watched(
      as stream: UncodedStream, by buffering: ResponseBuffering,
      on connection: HTTPServerConnection?, logger: Logger
    ) -> ResponseBody {
      ResponseBody(contentLength: contentLength) { [self] writer in
        try await buffering.watchingShutdown(on: connection) {
          // The writer belongs to the concurrent executor, and so does this operation alone.
          try await withTaskCancellationHandler {
            try await stream.write(self, to: &writer, logger: logger)
          } onCancel: {
          }
        }
      }
    }
  }

  /// Passes everything on but trailer fields that can't be any.
  // Hummingbird's writers belong to the concurrent executor, as all that Hummingbird awaits.
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
