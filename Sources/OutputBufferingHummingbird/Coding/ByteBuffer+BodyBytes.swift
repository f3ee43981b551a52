#if Hummingbird
  import HTTPOutputBuffering
  package import NIOCore

  extension ByteBuffer: BodyBytes {
    package var byteCount: Int { readableBytes }

    package mutating func append(_ next: ByteBuffer) { writeImmutableBuffer(next) }

    package func withBytes<Failure>(
      _ body: (Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
      try body(readableBytesUInt8Span)
    }
  }
#endif
