#if Hummingbird
  import HTTPTypes
  import Hummingbird
  import NIOCore
  import OutputBufferingNIO

  extension ResponseBody {
    /// Creates a body that is sent with its head and end in a single write.
    ///
    /// Without bytes it is a body without parts, since HTTP/2 would send an empty part as its own
    /// DATA frame.
    init(whole bytes: ContiguousArray<UInt8>, trailers: HTTPFields? = nil) {
      if bytes.isEmpty && trailers == nil {
        self.init()
      } else if trailers == nil && bytes.count <= ContiguousArray<UInt8>.maximumBufferByteCount {
        self.init(byteBuffer: ByteBuffer(bytes: bytes))
      } else {
        self.init(contentLength: bytes.count) { writer in
          try await bytes.write(to: &writer)
          try await writer.finish(trailers)
        }
      }
    }
  }

  extension ContiguousArray<UInt8> {
    /// Writes the bytes in buffers that NIO can hold.
    // Hummingbird's writer belongs to the concurrent executor, like everything that Hummingbird
    // awaits.
    @concurrent
    func write(to writer: inout any ResponseBodyWriter) async throws {
      var position = 0
      while let buffer = buffer(from: &position) { try await writer.write(buffer) }
    }
  }
#endif
