public import HTTPContentCoding
public import HTTPTypes

/// The state machine of one response, which turns a handler's operations into output to send.
///
/// The machine alone decides a response's content coding, length, framing, and the time of its end.
/// It does no I/O and knows no server: an adapter feeds it and sends the output that
/// ``takeOutput(reusing:)`` returns.
///
/// A response is *open* until its head is committed; until then everything can be changed or
/// discarded. The commit fixes coding and framing. After it the response is *committed*, and it
/// ends as *finished* or *aborted*.
///
/// | what forces the commit | what is known of the body | length |
/// |---|---|---|
/// | ``finish()`` | all of it | exact |
/// | ``flush()`` | a prefix | the declared one, unless the body is coded |
/// | more bytes than ``ResponseSettings/maximumBufferedBytes`` | a prefix | as above |
/// | more than ``ResponseSettings/maximumWholeBytes``, in memory | a prefix | as above |
///
/// If the head is the whole response, as for HEAD and with 204, 205 and 304, the end is handed out
/// with it, whatever causes the commit, so that no client waits for a handler that has nothing to
/// send. ``finish()`` is still due, and adds nothing.
///
/// A `Content-Length` that the application sets declares the length of the body before coding. A
/// body with more or fewer bytes is an error: before the commit the response stays open, and after
/// it the message is aborted, whether or not it is coded. A coded message is sent without the
/// field.
public struct ResponseMachine: ~Copyable {
  enum State: Equatable {
    case open
    case committed(MessageFraming)
    case finished
    case aborted
  }

  /// The request, and what the head states as of the last ``look()``.
  package private(set) var examined: ExaminedHead
  package let settings: ResponseSettings
  let initialHead: HTTPResponse

  var state = State.open
  /// The head as the application sees it; after the commit, the head as it was sent.
  public internal(set) var head: HTTPResponse {
    didSet {
      isLookedAt = false
      // The head stores its status as text.
      examined.status = head.status
    }
  }
  /// Whether an adapter stores the head's fields and edits them itself.
  private let isHeadElsewhere: Bool
  /// Whether ``examined`` has the facts of the head.
  private var isLookedAt: Bool
  /// Whether ``examined`` has the plan that follows from these facts.
  private var isPlanned: Bool
  /// The decisions about the head; nil before the commit.
  package private(set) var headCommit: HeadCommit?
  /// The response's own mode; nil for the mode of its route or, failing that, of the policy.
  package internal(set) var compressionMode: CompressionMode? {
    didSet { isPlanned = false }
  }
  var request: RequestMetadata { examined.request }
  var facts: HeadFacts { examined.facts }
  var plan: ContentCodingPlan { examined.plan }
  /// The mode that applies to the response.
  var effectiveMode: CompressionMode {
    compressionMode ?? request.compressionMode ?? settings.policy.mode
  }
  /// The trailer fields; none of them is forbidden.
  var trailers: HTTPFields? {
    didSet { isPlanned = false }
  }
  /// The names of forbidden trailer fields that an adapter has set and that are left out (RFC 9110
  /// §6.5.1).
  public internal(set) var droppedTrailers: [HTTPField.Name] = []
  var closesConnection: Bool

  /// Plain bytes written before the commit.
  var collected: ContiguousArray<UInt8> = []
  var encoder: ContentEncoderLease?
  var output = ResponseOutput()
  /// Whether the encoder is a cheaper one that the offer uses under load.
  var isCodingLowered = false
  var isFlushRequested = false
  /// The expected length of the body in bytes: see ``expect(bodyByteCount:)``.
  var expectedByteCount: Int?
  /// The committed length of the body before coding, in bytes.
  var promisedByteCount: Int?
  /// False while an awaited operation moves bytes out of buffers, since it sends them at once.
  var limitsUnsentBytes = true
  /// True while hooks may change the head before the commit: an operation that would commit leaves
  /// the response open, and ``commitDeferred()`` makes up for it.
  var defersCommit = false
  /// Whether written bytes stay in memory until a flush anyway: an open response then holds up to
  /// ``ResponseSettings/maximumWholeBytes``, so that its length is exact if the end comes first.
  public var isBodyInMemory = false
  /// The coding of a complete body, which may take several calls: see ``finish(coding:)``.
  var wholeCoding: WholeCoding?
  /// The number of bytes that this coding has processed.
  package var wholePosition = 0
  /// Whether a head that is the whole response is handed out with its end.
  ///
  /// False for adapters whose application ends its responses itself.
  package var endsWithHead = true
  /// Whether the bytes written are the last of the body and already in memory: an open response
  /// then holds all of them and learns its length.
  var takesRest = false

  /// The response's coding and the reason for it; nil before the commit.
  public var decision: ContentCodingDecision? { headCommit?.decision }
  /// The number of bytes before coding that the application has written as content of the message;
  /// those discarded by ``reset()`` don't count.
  public internal(set) var byteCountIn = 0
  /// The number of bytes of content handed out for the transport, after coding.
  public internal(set) var byteCountOut = 0
  /// The number of bytes discarded because they had no place in the message: written after the end,
  /// to a client that left, or to a response that has no content.
  public internal(set) var discardedByteCount = 0

  /// Creates the machine of one response.
  ///
  /// - Parameters:
  ///   - request: The client's request.
  ///   - head: The initial head, which ``reset()`` restores.
  ///   - settings: The settings of the response.
  public init(
    request: RequestMetadata,
    head: HTTPResponse = HTTPResponse(status: .ok),
    settings: ResponseSettings
  ) {
    self.init(
      ExaminedHead(head.status, answering: request, settings: settings), head: head,
      isHeadElsewhere: false, settings: settings)
  }

  /// Creates the machine of a response whose head an adapter stores in its own type.
  ///
  /// The adapter applies the edits of ``headCommit`` to its fields when the head is handed out; the
  /// head in the output has no fields.
  ///
  /// - Parameters:
  ///   - examined: The head and the client's request.
  ///   - settings: The settings of the response.
  package init(_ examined: consuming ExaminedHead, settings: ResponseSettings) {
    self.init(
      examined, head: Self.headElsewhere, isHeadElsewhere: true, settings: settings)
  }

  /// Fills the head of a machine whose adapter stores the real head.
  private static let headElsewhere = HTTPResponse(status: .ok)

  private init(
    _ examined: consuming ExaminedHead, head: HTTPResponse, isHeadElsewhere: Bool,
    settings: ResponseSettings
  ) {
    self.closesConnection = examined.request.closesConnection
    self.examined = examined
    self.initialHead = head
    self.head = head
    self.settings = settings
    self.isHeadElsewhere = isHeadElsewhere
    (isLookedAt, isPlanned) = (isHeadElsewhere, isHeadElsewhere)
  }

  /// Updates ``examined`` if the head has changed.
  mutating func look() {
    if !isLookedAt {
      if !isHeadElsewhere { examined.facts = HeadFacts(head.headerFields) }
      (isLookedAt, isPlanned) = (true, false)
    }
    guard !isPlanned else { return }
    isPlanned = true
    examined.plan(by: settings, trailers: trailers, mode: compressionMode)
  }

  /// Replaces the head and all of its fields.
  mutating func substituteHead(_ status: HTTPResponse.Status) {
    head = HTTPResponse(status: status)
    examined.facts = HeadFacts()
  }

  /// Adopts the decisions about the head.
  mutating func adopt(_ commit: consuming HeadCommit) {
    closesConnection = commit.closesConnection
    if !isHeadElsewhere { head.headerFields.apply(commit.edits, examined.facts) }
    headCommit = commit
  }

  /// Whether nothing has been committed: head and body can still be changed or discarded.
  public var isOpen: Bool { state == .open }

  /// Whether the response has ended, with a complete message or a broken one.
  public var hasEnded: Bool { state == .finished || state == .aborted }

  /// Whether the output so far is the whole answer although the end isn't due: the head is all of
  /// it, or the declared length is reached.
  var isContentComplete: Bool {
    switch state {
    case .committed where isHeadAll: true
    case .committed(let framing): byteCountIn == framing.contentLength
    default: false
    }
  }

  /// Whether the committed head is the whole response, so that written bytes have no place in it.
  var isHeadAll: Bool {
    guard case .committed(let framing) = state else { return false }
    return framing == .noContent || decision?.isRefused == true
  }

  /// Whether the message has its end although ``finish()`` hasn't been called.
  package var isOver: Bool { isHeadAll && endsWithHead }

  /// Whether the message was aborted.
  var isAborted: Bool { state == .aborted }

  /// Whether there is output that should be sent now.
  public var isOutputDue: Bool {
    isFlushRequested || output.end != nil || output.head != nil || !output.informational.isEmpty
      || isCommitDue || output.file != nil
      || (wholeCoding == nil && output.body.count >= max(settings.maximumBufferedBytes, 1))
  }

  /// Takes the output to send.
  ///
  /// - Parameter storage: Storage to reuse; its content is dropped.
  /// - Returns: Everything that has become sendable since the last call.
  public mutating func takeOutput(
    reusing storage: consuming ContiguousArray<UInt8> = []
  ) -> ResponseOutput {
    storage.removeAll(keepingCapacity: true)
    var next = ResponseOutput()
    next.body = storage
    swap(&next, &output)
    next.closesConnection = closesConnection
    isFlushRequested = false
    byteCountOut = byteCountOut.addingClamped(next.contentByteCount)
    return next
  }
}
