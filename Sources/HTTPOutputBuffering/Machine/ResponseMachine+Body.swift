import HTTPContentCoding
import HTTPTypes
import OutputBuffering

extension ResponseMachine {
  /// Writes bytes of the body.
  ///
  /// In an event stream a write that ends with a line end is flushed: every event reaches the client
  /// when it is written.
  ///
  /// Where no content can go — after the end, in a response to HEAD, with a status that has none when the
  /// head is committed — the bytes are counted in ``discardedByteCount`` and dropped.
  ///
  /// - Parameter bytes: Plain bytes; any number.
  /// - Throws: ``ResponseError/Code/declaredLengthExceeded`` or
  ///   ``ResponseError/Code/unsentLimitExceeded``: none of `bytes` was accepted and the response is
  ///   as before, and so it is with ``ResponseError/Code/invalidStatus`` and
  ///   ``ResponseError/Code/tooManyFields``; ``ResponseError/Code/encodingFailed``: the response is aborted.
  public mutating func write(_ bytes: Span<UInt8>) throws(ResponseError) {
    let collectedCount = collected.count
    try accept(bytes)
    guard completesEvent(bytes) else { return }
    do throws(ResponseError) {
      try flush()
    } catch {
      // Still open: the bytes were collected.
      if isOpen {
        byteCountIn -= collected.count - collectedCount
        collected.removeLast(collected.count - collectedCount)
      }
      throw error
    }
  }

  /// Writes bytes of the body, which become the body where nothing was written before.
  ///
  /// - Parameter bytes: As for ``write(_:)``; afterwards storage that is no longer needed, or the same bytes.
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
        if request.method != .head && allowsContent {
          try checkUnsentLimit(adding: collected.count + bytes.count)
        }
        try commitPrefix(adding: bytes.count)
        try writeCommitted(bytes)
      }
    case .committed:
      try writeCommitted(bytes)
    case .finished, .aborted:
      discard(bytes)
    }
  }

  /// Sends everything written so far: the client can decode all of it without any later byte.
  ///
  /// An open response is committed, also when its body is empty: its head goes out. With nothing new
  /// to send it does nothing; after the end neither.
  ///
  /// - Throws: ``ResponseError/Code/declaredLengthExceeded`` when the commit finds more bytes than
  ///   declared, ``ResponseError/Code/invalidStatus`` when it finds a status that can't be that of a final
  ///   response, ``ResponseError/Code/tooManyFields`` (the response stays open),
  ///   ``ResponseError/Code/encodingFailed`` (it is aborted).
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
    // How long it is until the next write nobody knows.
    encoder?.park()
    isFlushRequested = !output.isEmpty
  }

  /// Whether the bytes can be the end of an event, which is always that of a line (HTML §9.2.5).
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
      if let knownEventStream { return knownEventStream }
      let isEventStream = facts.isEventStream
      knownEventStream = isEventStream
      return isEventStream
    }
  }

  /// Whether an open response has room for so many bytes; a committed one has.
  package func takes(_ byteCount: Int) -> Bool {
    !isOpen || byteCount <= collectedByteLimit - collected.count
  }

  /// Whether an open response holds more than should be coded by one call.
  package var holdsLongBody: Bool { isOpen && collected.count > Self.longBodyByteCount }

  /// What is longer is better coded in slices, in bytes.
  package static var longBodyByteCount: Int { 8 * 1024 }

  /// Whether an open response holds more of a body than is coded whole, and would code it as a stream.
  var isTooLongToCode: Bool {
    mutating get {
      isOpen && collected.count > settings.wholeByteLimit
        && prefixDecision(adding: 0).coding != nil
    }
  }

  /// How much of the body an open response takes.
  var collectedByteLimit: Int {
    isBodyInMemory ? settings.wholeByteLimit : settings.streamedByteLimit
  }

  /// A write of one slice must always fit behind what the buffer limit lets wait.
  private var unsentByteLimit: Int {
    // A limit of `Int.max` is none.
    let (fitting, isUnlimited) = collectedByteLimit.addingReportingOverflow(
      Self.writeSliceByteCount)
    return max(settings.maximumUnsentBytes, isUnlimited ? .max : fitting)
  }

  /// Long writes go through the machine in slices of this many bytes, each sent before the next.
  package static var writeSliceByteCount: Int { 64 * 1024 }

  mutating func discard(_ bytes: Span<UInt8>) {
    discardedByteCount = discardedByteCount.addingClamped(bytes.count)
  }

  /// Throws if the length that is committed, or would be by these bytes, has no room for them; nothing
  /// is changed.
  mutating func checkDeclaredLength(adding byteCount: Int) throws(ResponseError) {
    // Of a response that was replaced by 406 no byte is content.
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
    throw ResponseError(
      code: .declaredLengthExceeded,
      message: "\(byteCount) bytes after \(byteCountIn), of \(length) declared")
  }

  /// Throws if an open response is given more of a body than there was to come; nothing is changed.
  func checkExpectedLength(adding byteCount: Int) throws(ResponseError) {
    guard let expectedByteCount, byteCount > expectedByteCount - byteCountIn else { return }
    throw lengthMismatch(written: byteCountIn + byteCount, declared: expectedByteCount)
  }

  /// Throws if bytes that nobody waits for would exceed their limit; nothing is changed.
  private func checkUnsentLimit(adding byteCount: Int) throws(ResponseError) {
    guard limitsUnsentBytes, output.body.count + byteCount > unsentByteLimit else { return }
    throw ResponseError(
      code: .unsentLimitExceeded,
      message: "\(byteCount) bytes with \(output.body.count) unsent, at most \(unsentByteLimit)"
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

  /// Appends bytes to the output, through the encoder where there is one.
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
