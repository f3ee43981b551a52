#if FlyingFox
  import FlyingFox
  import HTTPOutputBuffering
  import HTTPTypes

  extension HTTPBodySequence {
    /// Writes the content of the body, buffer by buffer.
    @Sendable @concurrent
    func read(_ write: RouteContent.Write) async throws -> HTTPFields? {
      for try await buffer in self {
        var content = ContiguousArray(buffer)
        if count == nil { content = ContiguousArray(try content.contentOfChunk()) }
        try await write(content)
      }
      return nil
    }
  }
#endif
