public import HTTPContentCoding
public import HTTPTypes

/// The state machine of one response: it takes what a handler does and hands out what to send.
///
/// Everything that has to be decided about a response — its content coding, its length, its
/// framing, when its end is due — is decided here and nowhere else. The machine does no I/O and
/// knows no server: an adapter feeds it and sends what ``takeOutput(reusing:)`` returns.
///
/// A response is *open* until its head is committed: until then everything can be changed or
/// discarded. The commit fixes coding and framing; after it the response is *committed*, and ends
/// as *finished* or *aborted*.
///
/// | what forces the commit | what is known of the body | length |
/// |---|---|---|
/// | ``finish()`` | all of it | exact |
/// | ``flush()`` | a prefix | the declared one, unless the body is coded |
/// | more bytes than ``ResponseSettings/maximumBufferedBytes`` | a prefix | as above |
/// | more than ``ResponseSettings/maximumWholeBytes``, where they are in memory | a prefix | as above |
///
/// Where the head is all of the response, as it is to HEAD and with 204, 205 and 304, the end is handed
/// out with it, whatever forces the commit: no client waits for a handler that has nothing to send.
/// ``finish()`` is still due, and adds nothing.
///
/// A `Content-Length` that the application sets declares the length of the body as it is written, before
/// coding. A body with more or fewer bytes is an error: before the commit the response stays open, after it
/// the message is broken off, coded or not. A coded message is sent without it.
public struct ResponseMachine: ~Copyable {
  enum State: Equatable {
    case open
    case committed(MessageFraming)
    case finished
    case aborted
  }

  let request: RequestMetadata
  package let settings: ResponseSettings
  let initialHead: HTTPResponse

  var state = State.open
  /// The head as the application sees it; after the commit as it was sent.
  public internal(set) var head: HTTPResponse {
    didSet {
      isLookedAt = false
      status = head.status
    }
  }
  /// The status of the head, which has it as text.
  private(set) var status: HTTPResponse.Status
  /// Whether an adapter keeps the fields of the head, and edits them itself.
  private let isHeadElsewhere: Bool
  /// Whether ``facts`` and ``plan`` are those of the head as it is.
  private var isLookedAt = false
  private var isPlanned = false
  /// What the fields of the head say: see ``look()``.
  package private(set) var facts: HeadFacts
  /// Whether the content is an event stream, once that was asked.
  var knownEventStream: Bool?
  /// What is decided without the size of the body: see ``look()``.
  private(set) var plan = ContentCodingPlan()
  /// What the commit has changed in the head.
  package var edits = HeadEdits()
  /// The response's own mode; nil for what was said for its route, or else the policy's.
  package internal(set) var compressionMode: CompressionMode? {
    didSet { isPlanned = false }
  }
  /// The mode that holds.
  var effectiveMode: CompressionMode {
    compressionMode ?? request.compressionMode ?? settings.policy.mode
  }
  /// The trailer fields, all of them such as may be any.
  var trailers: HTTPFields? {
    didSet { isPlanned = false }
  }
  /// The names of trailer fields that an adapter has given and that can't be any (RFC 9110 §6.5.1): they
  /// are left out.
  public internal(set) var droppedTrailers: [HTTPField.Name] = []
  var closesConnection: Bool

  /// Plain bytes written before the commit.
  var collected: ContiguousArray<UInt8> = []
  var encoder: ContentEncoderLease?
  var output = ResponseOutput()
  /// Whether the encoder is one of the cheaper ones that an offer has for times of load.
  var isCodingLowered = false
  var isFlushRequested = false
  /// The length in bytes that the body was said to have by whoever hands it over: see ``expect(bodyByteCount:)``.
  var expectedByteCount: Int?
  /// The length in bytes that the body has to have before it is coded, once that is committed.
  var promisedByteCount: Int?
  /// Unset while an operation that is awaited moves what buffers hold already: it leaves at once.
  var limitsUnsentBytes = true
  /// Set while the head is to be changed by others before the commit: an operation that would commit the
  /// response leaves it open, and ``commitDeferred()`` makes up for it.
  var defersCommit = false
  /// Whether what is written stays in memory until a flush, wherever it is kept: an open response then takes
  /// up to ``ResponseSettings/maximumWholeBytes`` of it, so that its length is exact if the end comes first.
  public var isBodyInMemory = false
  /// The body while it is coded whole, which may take several calls: see ``finish(coding:)``.
  var wholeCoding: WholeCoding?
  /// How much of it has been coded so, in bytes.
  package var wholePosition = 0
  /// Whether a head that is all of the response is handed out with its end.
  ///
  /// Unset for adapters whose application ends its responses itself.
  package var endsWithHead = true
  /// Whether what is written is the last of the body and in memory already: an open response then
  /// takes all of it and learns its length.
  var takesRest = false

  /// How the response is coded and why; nil before the commit.
  public internal(set) var decision: ContentCodingDecision?
  /// Bytes of body that the application wrote and that are content of the message; those it took
  /// back by ``reset()`` count nowhere.
  public internal(set) var byteCountIn = 0
  /// Bytes of content handed out for the transport, after coding.
  public internal(set) var byteCountOut = 0
  /// Bytes that were written where no content can go: after the end, to a client that left, into
  /// a response that has no content.
  public internal(set) var discardedByteCount = 0

  /// Makes the machine of one response.
  ///
  /// - Parameters:
  ///   - request: What the client asked for.
  ///   - head: The head that the response begins with and that ``reset()`` goes back to.
  ///   - settings: What is coded and how much is held.
  public init(
    request: RequestMetadata,
    head: HTTPResponse = HTTPResponse(status: .ok),
    settings: ResponseSettings
  ) {
    self.init(
      request: request, head: head, status: head.status, facts: nil, settings: settings)
  }

  /// Makes the machine of a response whose head an adapter keeps in a type of its own.
  ///
  /// The adapter changes its fields by ``edits`` when the head is handed out; the one that is handed out has
  /// no others.
  ///
  /// - Parameters:
  ///   - request: What the client asked for.
  ///   - status: The status of the response.
  ///   - facts: What its fields say.
  ///   - settings: What is coded and how much is held.
  package init(
    request: RequestMetadata, status: HTTPResponse.Status, facts: HeadFacts,
    settings: ResponseSettings
  ) {
    self.init(
      request: request, head: Self.headElsewhere, status: status, facts: facts, settings: settings)
  }

  /// What stands for a head that an adapter keeps.
  private static let headElsewhere = HTTPResponse(status: .ok)

  private init(
    request: RequestMetadata, head: HTTPResponse, status: HTTPResponse.Status, facts: HeadFacts?,
    settings: ResponseSettings
  ) {
    var request = request
    request.narrow(to: settings.offered)
    self.request = request
    self.initialHead = head
    self.head = head
    self.status = status
    self.settings = settings
    self.closesConnection = request.closesConnection
    self.isHeadElsewhere = facts != nil
    self.facts = facts ?? HeadFacts()
  }

  /// Looks at the head, once for as long as it stays as it is.
  package mutating func look() {
    if !isLookedAt {
      if !isHeadElsewhere { facts = HeadFacts(head.headerFields) }
      (isLookedAt, isPlanned, knownEventStream) = (true, false, nil)
    }
    guard !isPlanned else { return }
    isPlanned = true
    plan = ContentCodingPlan(
      settings.policy, status: status, facts, trailers: trailers,
      requestMethod: request.method, acceptEncoding: request.acceptEncoding,
      offering: settings.offered, suspendable: settings.suspendable, mode: effectiveMode)
  }

  /// Puts another head in place of one that nothing is to be left of.
  mutating func substituteHead(_ status: HTTPResponse.Status) {
    head = HTTPResponse(status: status)
    facts = HeadFacts()
  }

  /// Changes the fields of the head as the commit wants it.
  mutating func edit() {
    guard !isHeadElsewhere else { return }
    head.headerFields.apply(edits, facts)
  }

  /// Whether nothing has been committed: head and body can still be changed or discarded.
  public var isOpen: Bool { state == .open }

  /// Whether the response has come to its end, as a whole message or as a broken one.
  public var hasEnded: Bool { state == .finished || state == .aborted }

  /// Whether a client that has all output so far has the whole answer, although the end is not due:
  /// the head was all of it, or the declared length is reached.
  var isContentComplete: Bool {
    switch state {
    case .committed where isHeadAll: true
    case .committed(let framing): byteCountIn == framing.contentLength
    default: false
    }
  }

  /// Whether the committed head is all of the response: what is written has no place in it.
  var isHeadAll: Bool {
    guard case .committed(let framing) = state else { return false }
    return framing == .noContent || decision?.isRefused == true
  }

  /// Whether the message has its end, although ``finish()`` is still to come.
  package var isOver: Bool { isHeadAll && endsWithHead }

  /// Whether the message has been given up.
  var isAborted: Bool { state == .aborted }

  /// Whether there is something that should go to the transport now and not later.
  public var isOutputDue: Bool {
    isFlushRequested || output.end != nil || output.head != nil || !output.informational.isEmpty
      || isCommitDue || output.file != nil
      || (wholeCoding == nil && output.body.count >= max(settings.maximumBufferedBytes, 1))
  }

  /// Takes what is to be sent.
  ///
  /// - Parameter storage: Storage that is given back for reuse; its content is dropped.
  /// - Returns: Everything that became sendable since the last call, in one value.
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
