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
  /// Whether the encoder wants all of the body in one call.
  let isOneCall: Bool
  /// Whether identity is to go out where coding makes the body no smaller.
  private let mustSave: Bool
  private var encoder: ContentEncoderLease
  /// How much of it is coded, in bytes.
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

  /// Where the next slice ends.
  ///
  /// - Parameter byteCount: How much is to be coded now, in bytes, at least one.
  /// - Returns: The place in the body: its end where the encoder wants it in one call.
  func sliceEnd(coding byteCount: Int) -> Int {
    isOneCall ? self.byteCount : position + min(max(byteCount, 1), self.byteCount - position)
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
