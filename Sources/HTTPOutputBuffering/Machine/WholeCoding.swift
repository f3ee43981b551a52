import HTTPContentCoding

/// A body in memory that is being coded whole, as much at a time as the caller has time for.
struct WholeCoding: ~Copyable {
  /// How far it has come.
  enum Progress {
    /// Some of the body is left.
    case unfinished
    /// All of it is coded.
    case coded
    /// It goes out as it is.
    case identity(ContentCodingDecision.Reason)
  }

  /// What was decided about it.
  let decision: ContentCodingDecision
  /// Its length in bytes.
  let byteCount: Int
  /// Whether identity is to go out where coding makes the body no smaller.
  private let mustSave: Bool
  private var encoder: ContentEncoderLease
  private var position = 0

  init(
    decision: ContentCodingDecision, encoder: consuming ContentEncoderLease, byteCount: Int,
    mustSave: Bool
  ) {
    self.decision = decision
    self.encoder = encoder
    self.byteCount = byteCount
    self.mustSave = mustSave
  }

  /// Codes the next bytes of the body.
  ///
  /// - Parameters:
  ///   - slice: The bytes.
  ///   - output: Where to append; it has nothing else.
  /// - Returns: How far it has come.
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
