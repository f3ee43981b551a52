extension ContentCodingOffer {
  /// How many idle encoders a pool keeps unless told otherwise.
  ///
  /// A whole body is encoded in one go, so there are rarely more of them at a time than threads. What an
  /// idle encoder holds is said where its coding is offered: some 260 KiB for gzip.
  public static var defaultIdleEncoderLimit: Int { 16 }

  /// Whether the coding's encoders can leave a stream that waits, which then holds no encoder.
  ///
  /// It is what ``ContentEncoderPool/canSuspend`` says of all its pools.
  public var canSuspend: Bool { pools.allSatisfy(\.canSuspend) }

  /// Whether the coding's encoders can hide how well a body compresses by making it longer:
  /// ``CompressionPolicy/maximumPaddingByteCount``.
  public var canPad: Bool { pools.allSatisfy(\.canPad) }
}
