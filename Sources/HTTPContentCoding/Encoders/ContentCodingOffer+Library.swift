extension ContentEncoderPool {
  /// Makes a separate pool of encoders over a library.
  package convenience init<Stream: LibraryStream & ~Copyable>(
    _: Stream.Type, _ configuration: Stream.Configuration, idleEncoderLimit: Int
  ) {
    self.init(capacity: idleEncoderLimit, canPad: Stream.canPad) {
      () throws(ContentEncoderError) -> sending any ContentEncoder in
      try LibraryEncoder<Stream>(configuration)
    }
  }
}

extension ContentCodingOffer {
  /// Offers a coding over a library, with the pool that all offers of the same parameters share.
  package static func shared<Stream: LibraryStream & ~Copyable>(
    _ stream: Stream.Type, _ configuration: Stream.Configuration, idleEncoderLimit: Int
  ) -> ContentCodingOffer {
    let parameters = PoolParameters(
      encoder: configuration, idleEncoderLimit: max(0, idleEncoderLimit))
    let pool = ContentEncoderPool.shared(for: parameters) {
      ContentEncoderPool(stream, configuration, idleEncoderLimit: idleEncoderLimit)
    }
    return ContentCodingOffer(coding: Stream.coding, pool: pool)
  }
}

/// The parameters of a shared pool.
private struct PoolParameters<Configuration: Hashable & Sendable>: Hashable, Sendable {
  var encoder: Configuration
  var idleEncoderLimit: Int
}
