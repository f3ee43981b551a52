#if Hummingbird
  import Hummingbird
  import NIOCore

  extension ResponseBody {
    /// A body that is sent with its head and end in one write; nothing is a body without parts: in HTTP/2
    /// an empty part would be a DATA frame of its own.
    init(whole bytes: ContiguousArray<UInt8>) {
      self = bytes.isEmpty ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
    }
  }
#endif
