import HTTPContentCoding
import HTTPTypes
import OutputBuffering

extension ResponseMachine {
  /// Writes bytes of the body.
  ///
  /// In an event stream, a write that ends with a line end is flushed, so that every event reaches
  /// the client when it is written.
  ///
  /// Bytes that have no place in the message are dropped and counted in ``discardedByteCount``:
  /// after the end, in a response to HEAD, and with a status that has no content when the head is
  /// committed.
  ///
  /// - Parameter bytes: The bytes before coding; any number of them.
  /// - Throws: ``ResponseError/Code/declaredLengthExceeded``,
  ///   ``ResponseError/Code/unsentLimitExceeded``, ``ResponseError/Code/invalidStatus`` or
  ///   ``ResponseError/Code/tooManyFields``: none of `bytes` was accepted, and the response is
  ///   unchanged. ``ResponseError/Code/encodingFailed``: the response is aborted.
  public mutating func write(_ bytes: Span<UInt8>) throws(ResponseError) {
    let collectedCount = collected.count
    try accept(bytes)
    guard completesEvent(bytes) else { return }
    do throws(ResponseError) {
      try flush()
    } catch {
      // The response is still open, so the bytes have only been collected.
      if isOpen {
        byteCountIn -= collected.count - collectedCount
        collected.removeLast(collected.count - collectedCount)
      }
      throw error
    }
  }

  /// Writes bytes of the body without a copy if they are the first.
  ///
  /// - Parameter bytes: As for ``write(_:)``; on return, storage that is no longer needed, or the
  ///   same bytes.
  /// - Throws: As ``write(_:)``.
  package mutating func write(
    taking bytes: inout ContiguousArray<UInt8>
  ) throws(ResponseError) {
    guard isOpen, collected.isEmpty, takesRest || bytes.count <= collectedByteLimit,
      !completesEvent(bytes.span)
    else { return try write(bytes.span) }
    try checkExpectedLength(adding: bytes.count)
    byteCountIn += bytes.count
    swap(&collected, &bytes)
  }

  private mutating func accept(_ bytes: Span<UInt8>) throws(ResponseError) {
    switch state {
    case .open:
      try checkExpectedLength(adding: bytes.count)
      let fits = takesRest || collected.count + bytes.count <= collectedByteLimit
      if !fits && defersCommit { try checkUnsentLimit(adding: collected.count + bytes.count) }
      if fits || defersCommit {
        collected.append(copying: bytes)
        byteCountIn += bytes.count
      } else {
        if examined.hasContent {
          try checkUnsentLimit(adding: collected.count + bytes.count)
        }
        try commitPrefix(
          adding: bytes.count, padding: padding(for: collected.span) ?? padding(for: bytes))
        try writeCommitted(bytes)
      }
    case .committed:
      try writeCommitted(bytes)
    case .finished, .aborted:
      discard(bytes)
    }
  }

  /// Sends everything written so far, so that the client can decode all of it without any later
  /// byte.
  ///
  /// An open response is committed, and its head is sent even if its body is empty. If there is
  /// nothing new to send, or the response has ended, the call does nothing.
  ///
  /// - Throws: ``ResponseError/Code/declaredLengthExceeded`` if the commit finds more bytes than
  ///   declared, ``ResponseError/Code/invalidStatus`` if it finds a status that a final response
  ///   can't have, or ``ResponseError/Code/tooManyFields``: the response stays open.
  ///   ``ResponseError/Code/encodingFailed``: it is aborted.
  public mutating func flush() throws(ResponseError) {
    switch state {
    case .open where defersCommit:
      isFlushRequested = true
      return
    case .open:
      try commitPrefix(adding: 0, waits: true)
    case .committed:
      break
    case .finished, .aborted:
      return
    }
    try encode(Span(), flush: .sync)
    // The next write may be a long time away.
    encoder?.park()
    isFlushRequested = !output.isEmpty
  }

  /// Whether the bytes may complete an event, which always ends with a line end (HTML §9.2.5).
  private mutating func completesEvent(_ bytes: Span<UInt8>) -> Bool {
    guard !hasEnded, !takesRest, !bytes.isEmpty else { return false }
    let last = bytes[bytes.count - 1]
    guard last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") else { return false }
    return isEventStream
  }

  /// Whether the content is an event stream.
  package var isEventStream: Bool {
    mutating get {
      look()
      return plan.isEventStream
    }
  }

  /// Whether the response has room for this many bytes; a committed one always has.
  package func takes(_ byteCount: Int) -> Bool {
    !isOpen || byteCount <= collectedByteLimit - collected.count
  }

  /// Whether the adapter may keep this many bytes as the first of the body: see
  /// ``finish(keeping:trailers:coding:)``.
  ///
  /// Events are sent at once.
  package mutating func canKeep(_ byteCount: Int) -> Bool {
    isOpen && byteCountIn == 0 && takes(byteCount) && !isEventStream
  }

  /// Whether an open response holds more than should be coded by one call.
  package var holdsLongBody: Bool { isOpen && collected.count > Self.longBodyByteCount }

  /// The length in bytes above which a body is better coded in slices.
  package static var longBodyByteCount: Int { 8 * 1024 }

  /// Whether an open response holds more than is coded whole, and would code it as a stream.
  var isTooLongToCode: Bool {
    mutating get {
      isOpen && collected.count > settings.wholeByteLimit
        && prefixDecision(adding: 0).coding != nil
    }
  }

  /// The maximum number of bytes of body that an open response holds.
  var collectedByteLimit: Int {
    isBodyInMemory ? settings.wholeByteLimit : settings.streamedByteLimit
  }

  /// The limit on unsent bytes, in which one slice must fit on top of a full buffer.
  private var unsentByteLimit: Int {
    // `Int.max` means no limit.
    let (fitting, isUnlimited) = collectedByteLimit.addingReportingOverflow(
      Self.writeSliceByteCount)
    return max(settings.maximumUnsentBytes, isUnlimited ? .max : fitting)
  }

  /// Long writes go through the machine in slices of this many bytes, each sent before the next.
  package static var writeSliceByteCount: Int { 64 * 1024 }

  mutating func discard(_ bytes: Span<UInt8>) {
    discardedByteCount = discardedByteCount.addingClamped(bytes.count)
  }

  /// Throws if the bytes exceed the declared length that is committed, or that they would commit;
  /// changes nothing.
  mutating func checkDeclaredLength(adding byteCount: Int) throws(ResponseError) {
    // A 406 replacement discards the body.
    guard decision?.isRefused != true else { return }
    let length: Int
    switch state {
    case .committed:
      guard let promisedByteCount else { return }
      length = promisedByteCount
    case .open
    where allowsContent && collected.count.addingClamped(byteCount) > collectedByteLimit:
      look()
      guard let declared = facts.declaredByteCount,
        !prefixDecision(adding: byteCount).isRefused
      else { return }
      length = declared
    default:
      return
    }
    guard byteCount > length - byteCountIn else { return }
    throw .length(of: byteCountIn.addingClamped(byteCount), declared: length)
  }

  /// Throws if the bytes exceed the expected length of an open response's body; changes nothing.
  func checkExpectedLength(adding byteCount: Int) throws(ResponseError) {
    guard let expectedByteCount, byteCount > expectedByteCount - byteCountIn else { return }
    throw .length(of: byteCountIn.addingClamped(byteCount), expected: expectedByteCount)
  }

  /// Throws if bytes written without `await` would exceed their limit; changes nothing.
  private func checkUnsentLimit(adding byteCount: Int) throws(ResponseError) {
    let unsentCount = output.body.count
    guard limitsUnsentBytes, unsentCount + byteCount > unsentByteLimit else { return }
    throw ResponseError(
      code: .unsentLimitExceeded,
      message: """
        writing \(byteCount) bytes would exceed the limit of \(unsentByteLimit) unsent bytes \
        (\(unsentCount) are unsent)
        """
    )
  }

  /// Takes bytes after the commit.
  mutating func writeCommitted(_ bytes: Span<UInt8>) throws(ResponseError) {
    guard case .committed = state, !isHeadAll else { return discard(bytes) }
    try checkDeclaredLength(adding: bytes.count)
    try checkUnsentLimit(adding: bytes.count)
    byteCountIn = byteCountIn.addingClamped(bytes.count)
    try encode(bytes, flush: .none)
  }

  /// Appends bytes to the output, through the encoder if there is one.
  mutating func encode(_ bytes: Span<UInt8>, flush: EncoderFlush) throws(ResponseError) {
    guard encoder != nil else {
      if !bytes.isEmpty { output.body.append(copying: bytes) }
      return
    }
    do {
      try encoder?.encode(bytes, flush: flush, into: &output.body)
    } catch {
      abort()
      throw ResponseError(
        code: .encodingFailed, message: "the content encoder failed after the head was sent",
        cause: error)
    }
  }
}
