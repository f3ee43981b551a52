import HTTPContentCoding

/// A body in memory that is being coded whole, as much at a time as the caller has time for.
struct WholeCoding: ~Copyable {
  /// How far it has come.
  enum Progress {
    /// Some of the body is left.
    case unfinished
    /// All of it, coded.
    case coded(ContiguousArray<UInt8>)
    /// It goes out as it is.
    case identity(ContentCodingDecision.Reason)
  }

  /// What was decided about it.
  let decision: ContentCodingDecision
  private var encoder: ContentEncoderLease
  private var coded: ContiguousArray<UInt8> = []
  private var position = 0

  init(decision: ContentCodingDecision, encoder: consuming ContentEncoderLease) {
    self.decision = decision
    self.encoder = encoder
  }

  /// Codes some of the body.
  ///
  /// - Parameters:
  ///   - content: All of the body, the same at each call.
  ///   - byteCount: How much of it to code now, in bytes.
  ///   - mustSave: Whether identity is to go out where coding makes the body no smaller.
  /// - Returns: How far it has come.
  mutating func encode(
    _ content: Span<UInt8>, _ byteCount: Int, mustSave: Bool
  ) -> Progress {
    let end = position + min(max(byteCount, 1), content.count - position)
    do throws(ContentEncoderError) {
      try encoder.encode(
        content.extracting(position..<end), flush: end == content.count ? .finish : .none,
        into: &coded)
    } catch {
      return .identity(.encoderFailed)
    }
    position = end
    if mustSave && coded.count >= content.count { return .identity(.noSavings) }
    guard end == content.count else { return .unfinished }
    var result: ContiguousArray<UInt8> = []
    swap(&result, &coded)
    return .coded(result)
  }
}
