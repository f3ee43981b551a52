/// Applies one content coding to one body at a time.
///
/// An encoder does no I/O and owns no output: it appends to what it is lent. It is used from one
/// place at a time and is not `Sendable`; a ``ContentEncoderPool`` hands it from one response to
/// the next.
///
/// ## Implementation requirements
///
/// With *member* for what is encoded from new (or from a reset) to `finish`, these laws hold for
/// every input and every way of cutting it into calls:
///
/// 1. Round trip: decoding a member gives the bytes that were encoded, and nothing else.
/// 2. After ``EncoderFlush/sync`` a streaming decoder has every byte encoded so far, without any
///    later byte.
/// 3. A ``EncoderFlush/sync`` with nothing new since the last one, or since the start, appends
///    nothing.
/// 4. ``EncoderFlush/finish`` ends exactly one valid member, also if no byte was encoded.
/// 5. Encoding after `finish`, even nothing, throws
///    ``ContentEncoderError/Code-swift.struct/invalidState`` until the encoder is reset.
/// 6. A call that throws appends nothing. After any other error than that of law 5 the member is
///    lost: every call throws until the encoder is reset.
/// 7. ``reset()`` makes the encoder as new, whatever it was doing.
/// 8. What ``suspend()`` gives, resumed by another encoder of the same kind that is as new, goes on with
///    the member: laws 1 to 6 hold for what both of them append together.
/// 9. ``begin(_:)`` appends nothing, and whatever it was told about the kind of a body laws 1 to 8 hold. A
///    member with another length than it was told may throw, as law 6 says; it never decodes to other
///    bytes.
///
/// What is already in the output is never read or changed.
public protocol ContentEncoder: AnyObject {
  /// The coding that this encoder applies.
  var coding: ContentCoding { get }

  /// Tells the encoder about the body of a member before its first bytes.
  ///
  /// It is called at most once for a member, before ``encode(_:flush:into:)``, and needn't be called at all.
  /// A member that is resumed was told before it was suspended.
  ///
  /// - Parameter body: What is known of the body. Its length is a promise: what is encoded until `finish` has
  ///   exactly that many bytes, unless the member is given up.
  /// - Throws: ``ContentEncoderError``; the encoder has to be reset.
  func begin(_ body: BodyDescription) throws(ContentEncoderError)

  /// How long a body may be that the encoder wants in one call, in bytes.
  ///
  /// A member of which the first call to ``encode(_:flush:into:)`` is also the last, with all of the body and
  /// ``EncoderFlush/finish``, is how an encoder learns a whole body. A caller that has a whole body of up to so
  /// many bytes gives it in that form, and cuts a longer one into calls as it likes; either way the laws hold.
  /// One call codes all of the body while the caller waits: the limit is what takes a few milliseconds.
  var wholeBodyLimit: Int { get }

  /// Encodes bytes and appends what comes out.
  ///
  /// - Parameters:
  ///   - input: The bytes to encode; may be empty.
  ///   - flush: How much has to come out.
  ///   - output: Where to append. Its storage grows as needed, so a caller that empties it with
  ///     its capacity kept saves the allocation.
  /// - Throws: ``ContentEncoderError``, with nothing appended.
  func encode(
    _ input: Span<UInt8>,
    flush: EncoderFlush,
    into output: inout ContiguousArray<UInt8>
  ) throws(ContentEncoderError)

  /// Makes the encoder as new, ready for another body.
  ///
  /// - Throws: ``ContentEncoderError`` if that is impossible. The encoder is of no further use;
  ///   a pool drops it.
  func reset() throws(ContentEncoderError)

  /// Whether the encoder can leave a member to another one, by ``suspend()`` behind ``EncoderFlush/sync``.
  var canSuspend: Bool { get }

  /// Leaves the member to another encoder; this one has to be reset then.
  ///
  /// It takes no longer than copying some 32 KiB: a pool calls it with its lock held.
  ///
  /// - Returns: What the other one needs; nil where a decoder doesn't have every byte, and for an encoder
  ///   that can't.
  func suspend() -> SuspendedMember?

  /// Goes on with the member of another encoder; this one is as new.
  ///
  /// - Parameter member: What ``suspend()`` returned.
  /// - Throws: ``ContentEncoderError`` if that is impossible; the encoder has to be reset.
  func resume(_ member: SuspendedMember) throws(ContentEncoderError)
}

extension ContentEncoder {
  /// Nothing: the encoder needs to know nothing about a body.
  public func begin(_ body: BodyDescription) throws(ContentEncoderError) {}

  /// 0: the encoder takes a body in any pieces.
  public var wholeBodyLimit: Int { 0 }

  /// False: the encoder's members can't change hands.
  public var canSuspend: Bool { false }

  /// Nil: the encoder's members can't change hands.
  public func suspend() -> SuspendedMember? { nil }

  /// No member of such an encoder was ever suspended.
  public func resume(_ member: SuspendedMember) throws(ContentEncoderError) {
    throw ContentEncoderError(
      code: .invalidState, message: "resume(_:) of a \(coding) encoder that never suspends")
  }
}
