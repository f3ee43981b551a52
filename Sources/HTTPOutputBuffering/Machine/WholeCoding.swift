import HTTPContentCoding

/// The coding of a complete body in memory, in steps of the caller's choice.
struct WholeCoding: ~Copyable {
  /// The progress of the coding.
  enum Progress {
    /// Some of the body is left.
    case unfinished
    /// All of it is coded.
    case coded
    /// The body is sent unchanged.
    case identity(ContentCodingDecision.Reason)
  }

  /// The decision about the body.
  let decision: ContentCodingDecision
  /// Its length in bytes.
  let byteCount: Int
  /// Whether the encoder takes all of the body in one call.
  let isOneCall: Bool
  /// Whether the body is sent unchanged if coding doesn't make it smaller.
  private let mustSave: Bool
  private var encoder: ContentEncoderLease
  /// The number of bytes that are coded.
  private(set) var position = 0

  init(
    decision: ContentCodingDecision, encoder: consuming ContentEncoderLease, byteCount: Int,
    mustSave: Bool
  ) {
    self.decision = decision
    self.isOneCall = byteCount <= encoder.wholeBodyLimit
    self.encoder = encoder
    self.byteCount = byteCount
    self.mustSave = mustSave
  }

  /// Returns the end of the next slice.
  ///
  /// - Parameter byteCount: The number of bytes to code now, at least one.
  /// - Returns: The offset in the body; its end if the encoder takes the body in one call.
  func sliceEnd(coding byteCount: Int) -> Int {
    isOneCall ? self.byteCount : position + min(max(byteCount, 1), self.byteCount - position)
  }

  /// Codes the next bytes of the body.
  ///
  /// - Parameters:
  ///   - slice: The bytes.
  ///   - output: The output, which holds only this body's coded bytes.
  /// - Returns: The progress of the coding.
  mutating func encode(
    _ slice: Span<UInt8>, into output: inout ContiguousArray<UInt8>
  ) -> Progress {
    position += slice.count
    let isLast = position >= byteCount
    do throws(ContentEncoderError) {
      try encoder.encode(slice, flush: isLast ? .finish : .none, into: &output)
    } catch {
      return .identity(.encoderFailed)
    }
    if mustSave && output.count >= byteCount { return .identity(.noSavings) }
    return isLast ? .coded : .unfinished
  }
}
