extension ContentCodingOffer {
  /// The default number of idle encoders that a pool keeps.
  ///
  /// Most responses are whole bodies that take an encoder for a few calls, so there are rarely more
  /// encoders in use than threads. Each coding's offer states the memory of an idle encoder, which
  /// is about 260 KiB for gzip with zlib.
  public static var defaultIdleEncoderLimit: Int { 16 }

  /// Whether the coding's encoders can suspend a waiting stream, which then holds no encoder.
  ///
  /// True if ``ContentEncoderPool/canSuspend`` is true for all pools of the offer.
  public var canSuspend: Bool { pools.allSatisfy(\.canSuspend) }

  /// Whether the coding's encoders support padding: see
  /// ``CompressionPolicy/maximumPaddingByteCount``.
  public var canPad: Bool { pools.allSatisfy(\.canPad) }
}
