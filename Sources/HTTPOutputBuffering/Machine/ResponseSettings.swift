public import HTTPContentCoding
public import HTTPTypes

/// The settings of responses: coding, buffering, and clients that leave.
///
/// The settings that most applications change are parameters of
/// ``ResponseBuffering/init(codings:policy:explainsDecision:service:)``, and of the adapters'
/// middlewares and handlers. Use this type for the others:
///
/// ```swift
/// var settings = ResponseSettings(codings: [.gzip()])
/// settings.timeLimit = .seconds(30)
/// let buffering = ResponseBuffering(settings: settings)
/// ```
///
/// The settings of handlers and their clients apply to ``ResponseBuffering`` only. A component that
/// just codes responses, such as a channel handler, has no handlers to limit.
public struct ResponseSettings: Sendable {
  /// What happens to new responses while the after-response service can't take over a handler.
  public struct Admission: Sendable, Hashable {
    private enum Kind {
      case keepsConnection, refuses
    }

    private let kind: Kind

    /// The handler keeps its connection until it is done.
    public static var keepsConnection: Admission { Admission(kind: .keepsConnection) }
    /// New requests are answered with 503 while the after-response service is full or draining.
    public static var refuses: Admission { Admission(kind: .refuses) }
  }

  /// The content codings on offer, in order of preference; an empty array switches coding off.
  ///
  /// If there are several offers of one coding, responses use the first; under a policy with
  /// padding, the first that supports it.
  public var codings: [ContentCodingOffer] {
    didSet { lookAtCodings() }
  }
  /// The policy that decides which responses are coded.
  public var policy: CompressionPolicy {
    didSet { lookAtCodings() }
  }
  /// The names of the ``codings`` that responses may use, in order of preference.
  ///
  /// An adapter restores a request's validators for these: see
  /// `HTTPRequest.restoringValidators(offering:)`.
  public private(set) var offered: [ContentCoding] = []
  /// The ``offered`` codings that waiting streams prefer.
  private(set) var suspendable: [ContentCoding] = []
  /// Whether waiting streams prefer a coding whose encoder can be suspended, whatever the order of
  /// ``codings``; true by default.
  ///
  /// An encoder's state is large: some 260 KiB for gzip, 1 MiB and more for zstd and brotli. Of
  /// these, only gzip and deflate can release it between two events and keep a few KiB
  /// (`ContentCodingOffer.canSuspend`). So an event stream, and any response that is flushed
  /// before its coding is committed, takes the first such coding that the client accepts, unless
  /// the client weighs identity higher. A weight that is only lower than another coding's doesn't
  /// count, since the memory is the server's. If the client accepts none of them, the usual choice
  /// applies.
  ///
  /// If false, streams choose as any other body does: they are somewhat smaller, and each holds an
  /// encoder while it is open.
  public var prefersSuspendableCodings: Bool {
    didSet { lookAtCodings() }
  }
  /// The number of bytes of body that are held before the head is sent; 64 KiB by default.
  ///
  /// A body within the limit is sent with an exact `Content-Length`; a longer one is streamed. The
  /// same number of bytes may wait for the transport before a write suspends. While coding is
  /// undecided, the limit is at least the minimum size of the compression policy.
  public var maximumBufferedBytes: Int {
    didSet { maximumBufferedBytes = max(0, maximumBufferedBytes) }
  }
  /// The maximum length, in bytes, of a body in memory that is coded as a whole; 1 MiB by default.
  ///
  /// Such a body is sent with an exact `Content-Length`. Its client waits until all of it is coded,
  /// about 25 ms for 1 MiB of text at level 6. A longer body that is coded is streamed. The limit
  /// is never less than ``maximumBufferedBytes`` or the minimum size of the compression policy.
  ///
  /// A body is in memory if an output buffer holds it at the end, if a framework hands it over as a
  /// whole, or if a channel handler receives it before the first flush. A channel handler holds it
  /// until then.
  public var maximumWholeBytes: Int {
    didSet { maximumWholeBytes = max(0, maximumWholeBytes) }
  }
  /// The number of bytes written without `await` that may wait for the transport; 16 MiB by default.
  ///
  /// The limit is never less than ``maximumBufferedBytes`` or the minimum size of the compression
  /// policy, plus 64 KiB, since one write has to fit on top of the held bytes.
  ///
  /// A synchronous write that would exceed it is refused with
  /// ``ResponseError/Code/unsentLimitExceeded``, and the response fails.
  public var maximumUnsentBytes: Int {
    didSet { maximumUnsentBytes = max(0, maximumUnsentBytes) }
  }
  /// Whether each response explains in `X-Content-Coding-Decision` why it was coded or not; false by
  /// default.
  public var explainsDecision: Bool
  /// The name of a field that states the length of coded content before coding, in bytes; nil, the
  /// default, for none.
  ///
  /// A page that shows the progress of a download counts decoded bytes. `Content-Length` doesn't
  /// count these, and a coded stream doesn't have it. No standard names a field for this length.
  /// Scripts today read `X-Uncompressed-Content-Length` (Mattermost, PrivateBin), here
  /// `HTTPField.Name.uncompressedContentLength`, `Decompressed-Content-Length` (Ethereum Swarm's
  /// Bee), and `X-File-Size` (the examples of fetch-progress-indicators). No browser reads any of
  /// them by itself, and a script of another origin reads one only if
  /// `Access-Control-Expose-Headers` names it.
  ///
  /// The field is sent if the length is known at the commit, because the content is complete or its
  /// length was declared. For HEAD it states GET's length, if that is known. Content that isn't
  /// coded is sent without the field, since its `Content-Length` states the same.
  ///
  /// A name that a response needs for something else, such as `Content-Length` or
  /// `Content-Encoding`, counts as nil.
  public var plainLengthField: HTTPField.Name? {
    didSet { plainLengthField = plainLengthField?.ifFree }
  }
  /// Whether handlers continue after a disconnect, unless they choose otherwise; false by default.
  public var ignoresDisconnect: Bool
  /// Whether a client that closes its sending side still counts as connected.
  ///
  /// By default it counts as having left, as in Go, nginx and Node.
  public var allowsHalfClosedClients: Bool
  /// The wall-clock time limit of a handler that doesn't set one; nil, the default, for none.
  public var timeLimit: Duration?
  /// The time for which a client may accept none of the output that it is sent; 60 s by default, nil
  /// for no limit.
  ///
  /// After that the client counts as disconnected: the response is aborted, its handler's task is
  /// cancelled, and the handler sees ``ConnectionStatus/aborted``, unless it ignores disconnects. A
  /// client that reads, however slowly, isn't cut off as far as the server can tell: its system
  /// reports reads only when a good part of its receive buffer is free (RFC 9293 §3.8.6.2.2), on
  /// Linux a sixteenth, up to hundreds of kilobytes. Set a longer limit for clients that need more
  /// time to read that much. Like nginx's `send_timeout`, this isn't the time of a whole response,
  /// and it doesn't apply to a handler that has nothing to send: see ``timeLimit``. The adapter's
  /// page lists the responses that it covers.
  public var stallLimit: Duration?
  /// The treatment of new responses while the after-response service is full or draining;
  /// ``Admission/keepsConnection`` by default.
  public var admission: Admission

  /// Creates settings.
  ///
  /// - Parameters:
  ///   - codings: The content codings on offer, in order of preference; an empty array switches
  ///     coding off.
  ///   - policy: The policy that decides which responses are coded.
  ///   - maximumBufferedBytes: The number of bytes of body that are held before the head is sent.
  ///   - maximumWholeBytes: The maximum length, in bytes, of a body in memory that is coded as a
  ///     whole.
  ///   - maximumUnsentBytes: The number of bytes written without `await` that may wait for the
  ///     transport.
  ///   - explainsDecision: Whether responses state the reason for their coding in a field.
  ///   - plainLengthField: The name of a field that states the length of coded content before
  ///     coding.
  ///   - ignoresDisconnect: Whether handlers continue after a disconnect.
  ///   - allowsHalfClosedClients: Whether a client that closes its sending side still counts as
  ///     connected.
  ///   - timeLimit: The time limit of a handler; nil for none.
  ///   - stallLimit: The time for which a client may accept none of its output; nil for no limit.
  ///   - admission: The treatment of new responses while the after-response service is full or
  ///     draining.
  ///   - prefersSuspendableCodings: Whether waiting streams prefer a coding whose encoder can be
  ///     suspended.
  public init(
    codings: [ContentCodingOffer],
    policy: CompressionPolicy = CompressionPolicy(),
    maximumBufferedBytes: Int = 64 * 1024,
    maximumWholeBytes: Int = 1024 * 1024,
    maximumUnsentBytes: Int = 16 * 1024 * 1024,
    explainsDecision: Bool = false,
    plainLengthField: HTTPField.Name? = nil,
    ignoresDisconnect: Bool = false,
    allowsHalfClosedClients: Bool = false,
    timeLimit: Duration? = nil,
    stallLimit: Duration? = .seconds(60),
    admission: Admission = .keepsConnection,
    prefersSuspendableCodings: Bool = true
  ) {
    self.codings = codings
    self.prefersSuspendableCodings = prefersSuspendableCodings
    self.policy = policy
    self.maximumBufferedBytes = max(0, maximumBufferedBytes)
    self.maximumWholeBytes = max(0, maximumWholeBytes)
    self.maximumUnsentBytes = max(0, maximumUnsentBytes)
    self.explainsDecision = explainsDecision
    self.plainLengthField = plainLengthField?.ifFree
    self.ignoresDisconnect = ignoresDisconnect
    self.allowsHalfClosedClients = allowsHalfClosedClients
    self.timeLimit = timeLimit
    self.stallLimit = stallLimit
    self.admission = admission
    lookAtCodings()
  }

  private mutating func lookAtCodings() {
    var usable: [ContentCodingOffer] = []
    for offer in codings where isUsable(offer) {
      if !usable.contains(where: { $0.coding == offer.coding }) { usable.append(offer) }
    }
    offered = usable.map(\.coding)
    suspendable = prefersSuspendableCodings ? usable.filter(\.canSuspend).map(\.coding) : []
  }

  /// The offer with the encoders for a coding.
  func offer(of coding: ContentCoding) -> ContentCodingOffer? {
    codings.first { $0.coding == coding && isUsable($0) }
  }

  /// A policy that hides lengths excludes offers that can't be padded.
  private func isUsable(_ offer: ContentCodingOffer) -> Bool {
    policy.maximumPaddingByteCount <= 0 || offer.canPad
  }
}

extension HTTPField.Name {
  /// `X-Uncompressed-Content-Length`: see ``ResponseSettings/plainLengthField``.
  public static let uncompressedContentLength = HTTPField.Name("X-Uncompressed-Content-Length")!
}

extension ResponseSettings {
  /// The number of bytes of a streamed body that are held before the head is sent; while coding is
  /// undecided, at least the policy's minimum size.
  var streamedByteLimit: Int {
    max(maximumBufferedBytes, codings.isEmpty ? 0 : policy.minimumByteCount)
  }

  /// The maximum length, in bytes, of a body in memory that is coded as a whole.
  package var wholeByteLimit: Int { max(maximumWholeBytes, streamedByteLimit) }
}
