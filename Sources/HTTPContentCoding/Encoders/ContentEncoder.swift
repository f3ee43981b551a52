/// Applies one content coding to one body at a time.
///
/// An encoder does no I/O and owns no output: it appends to an array that the caller passes in. It
/// isn't `Sendable` and has one user at a time; a ``ContentEncoderPool`` hands it from one response
/// to the next.
///
/// ## Implementation requirements
///
/// A *member* is what is encoded from the initial state (or from a reset) up to `finish`. These
/// laws hold for every input and for every division of it into calls:
///
/// 1. Round trip: decoding a member gives the bytes that were encoded, and nothing else.
/// 2. After ``EncoderFlush/sync`` a streaming decoder has every byte encoded so far, without any
///    later byte.
/// 3. A ``EncoderFlush/sync`` with nothing new since the last one, or since the start, appends
///    nothing.
/// 4. ``EncoderFlush/finish`` ends exactly one valid member, even if no byte was encoded.
/// 5. Encoding after `finish`, even an empty input, throws
///    ``ContentEncoderError/Code-swift.struct/invalidState`` until the encoder is reset.
/// 6. A call that throws appends nothing. After any error other than that of law 5 the member is
///    lost: every call throws until the encoder is reset.
/// 7. ``reset()`` returns the encoder to its initial state, whatever its current state.
/// 8. If ``suspend()`` returns a suspended member, another encoder of the same kind in its initial
///    state can resume it: laws 1 to 6 hold for the combined output of both encoders.
/// 9. ``begin(_:)`` appends nothing. Laws 1 to 8 hold whatever kind of body it was given. If the
///    member's length differs from the one given, a call may throw, as in law 6; the member never
///    decodes to other bytes.
///
/// An encoder never reads or changes bytes that are already in the output.
public protocol ContentEncoder: AnyObject {
  /// The coding that this encoder applies.
  var coding: ContentCoding { get }

  /// Tells the encoder about the body before its first bytes.
  ///
  /// It is called at most once for a member, before ``encode(_:flush:into:)``; calling it is
  /// optional. It isn't called again for a member that is resumed.
  ///
  /// - Parameter body: What is known about the body. Its length is a promise: exactly that many
  ///   bytes are encoded until `finish`, unless the member is abandoned.
  /// - Throws: ``ContentEncoderError``; the encoder must then be reset.
  func begin(_ body: BodyDescription) throws(ContentEncoderError)

  /// The maximum size, in bytes, of a body that the encoder wants in one call.
  ///
  /// An encoder recognizes a whole body by a first call to ``encode(_:flush:into:)`` that has all
  /// of the body and ``EncoderFlush/finish``. A caller with a whole body up to this size passes it
  /// in this form; it may divide a longer one into any number of calls. The laws hold either way.
  /// One call encodes the whole body while the caller waits, so the limit is what takes a few
  /// milliseconds.
  var wholeBodyLimit: Int { get }

  /// Encodes bytes and appends the output.
  ///
  /// - Parameters:
  ///   - input: The bytes to encode; may be empty.
  ///   - flush: How much of the output must be appended.
  ///   - output: The array to append to. Its storage grows as needed, so a caller that empties it
  ///     with its capacity kept saves the allocation.
  /// - Throws: ``ContentEncoderError``, with nothing appended.
  func encode(
    _ input: Span<UInt8>,
    flush: EncoderFlush,
    into output: inout ContiguousArray<UInt8>
  ) throws(ContentEncoderError)

  /// Returns the encoder to its initial state, ready for another body.
  ///
  /// - Throws: ``ContentEncoderError`` if that is impossible. The encoder is then unusable, and a
  ///   pool drops it.
  func reset() throws(ContentEncoderError)

  /// Whether ``suspend()`` works after ``EncoderFlush/sync``, so that another encoder can resume.
  var canSuspend: Bool { get }

  /// Suspends the member so that another encoder can resume it; this encoder must then be reset.
  ///
  /// It must not take longer than copying about 32 KiB, because a pool calls it with its lock held.
  ///
  /// - Returns: The state that the other encoder needs; nil if a decoder doesn't have every byte
  ///   yet, or if the encoder doesn't support suspension.
  func suspend() -> SuspendedMember?

  /// Resumes the member of another encoder; this encoder is in its initial state.
  ///
  /// - Parameter member: The value that ``suspend()`` returned.
  /// - Throws: ``ContentEncoderError`` if that is impossible; the encoder must then be reset.
  func resume(_ member: SuspendedMember) throws(ContentEncoderError)
}

extension ContentEncoder {
  /// Does nothing: the encoder doesn't use what is known about a body.
  public func begin(_ body: BodyDescription) throws(ContentEncoderError) {}

  /// Returns 0: the encoder takes a body in any number of calls.
  public var wholeBodyLimit: Int { 0 }

  /// Returns false: the encoder doesn't support suspension.
  public var canSuspend: Bool { false }

  /// Returns nil: the encoder doesn't support suspension.
  public func suspend() -> SuspendedMember? { nil }

  /// Unreachable: such an encoder never suspends a member.
  public func resume(_ member: SuspendedMember) throws(ContentEncoderError) {
    throw ContentEncoderError(
      code: .invalidState, message: "resume(_:) of a \(coding) encoder that never suspends")
  }
}
