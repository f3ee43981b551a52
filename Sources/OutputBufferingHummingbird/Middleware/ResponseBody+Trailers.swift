#if Hummingbird
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import Logging
  import NIOCore

  extension ResponseBody {
    /// The body of a route as it is, without trailer fields that can't be any (RFC 9110 §6.5.1).
    ///
    /// - Parameter logger: Gets the names of what is left out.
    /// - Returns: A body of the same length.
    func leavingOutTrailers(logger: Logger) -> ResponseBody {
      ResponseBody(contentLength: contentLength) { [self] writer in
        try await write(TrailerFilter(writer: writer, logger: logger))
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
      guard let trailingHeaders, trailingHeaders.forbiddenTrailer != nil else {
        return try await writer.finish(trailingHeaders)
      }
      let (allowed, forbidden) = trailingHeaders.splitTrailers
      logger.leftOut(trailers: forbidden)
      try await writer.finish(allowed.isEmpty ? nil : allowed)
    }
  }
#endif
