public import HTTPContentCoding
public import HTTPTypes

/// All settings of responses: what is coded, how much is held, what a disconnect does.
///
/// What most applications change is a parameter of ``ResponseBuffering/init(codings:policy:explainsDecision:service:)``,
/// and of the adapters' middlewares and handlers. This is for the rest:
///
/// ```swift
/// var settings = ResponseSettings(codings: [.gzip()])
/// settings.timeLimit = .seconds(30)
/// let buffering = ResponseBuffering(settings: settings)
/// ```
///
/// What only codes the responses of others, such as a channel handler, has no handlers of its own to limit: the
/// settings of handlers and their clients are those of ``ResponseBuffering``.
public struct ResponseSettings: Sendable {
  /// What happens to a response whose handler could not go on after its end.
  public struct Admission: Sendable, Hashable {
    private enum Kind {
      case keepsConnection, refuses
    }

    private let kind: Kind

    /// The handler keeps its connection until it is done.
    public static var keepsConnection: Admission { Admission(kind: .keepsConnection) }
    /// New responses are answered with 503 while the after-response service is full or draining.
    public static var refuses: Admission { Admission(kind: .refuses) }
  }

  /// The content codings on offer, the preferred one first; none switches coding off.
  public var codings: [ContentCodingOffer] {
    didSet { lookAtCodings() }
  }
  /// Which responses are coded.
  public var policy: CompressionPolicy {
    didSet { lookAtCodings() }
  }
  /// The names of those ``codings`` that responses may have.
  package private(set) var offered: [ContentCoding] = []
  /// Those of them that streams prefer which wait.
  private(set) var suspendable: [ContentCoding] = []
  /// Whether a stream that waits takes a coding whose encoder can leave it meanwhile, whatever the order of
  /// ``codings``.
  ///
  /// The state of an encoder is large: some 260 KiB for gzip, 1 MiB and more for zstd and brotli. Of these gzip
  /// and deflate can leave a stream between two events with a few KiB (`ContentCodingOffer.canSuspend`). So
  /// an event stream, and any response that is flushed before its coding is committed, takes the first such
  /// coding that the client accepts, unless the client weighs identity higher. A weight that is only lower
  /// than another coding's doesn't count: how much memory of the server's waits is the server's affair. With
  /// none of them acceptable the usual choice holds.
  ///
  /// Off, streams choose as any other body does: they are somewhat smaller, and each holds an encoder for as
  /// long as it is open.
  public var prefersSuspendableCodings: Bool {
    didSet { lookAtCodings() }
  }
  /// How many bytes of body are held before the head is sent, in bytes.
  ///
  /// A body within the limit leaves with an exact `Content-Length`; a longer one is streamed. It is
  /// also how many bytes wait for the transport before a write suspends. At least the minimum size
  /// of the compression policy is held where coding is still undecided.
  public var maximumBufferedBytes: Int
  /// How long a body may be that is coded whole because all of it is in memory already, in bytes.
  ///
  /// Such a body leaves with an exact `Content-Length`. Its client waits until all of it is coded, about
  /// 25 ms for 1 MiB of text at level 6: a longer one is streamed where it is coded. Never less than
  /// ``maximumBufferedBytes``, or the minimum size of the compression policy where that is more.
  ///
  /// In memory is what an output buffer holds at the end, what a framework hands over as a whole, and what
  /// a channel handler is given before the first flush; the last of these is held for as long.
  public var maximumWholeBytes: Int
  /// How many bytes written without `await` may wait for the transport, in bytes.
  ///
  /// Never less than ``maximumBufferedBytes``, or the minimum size of the compression policy where that
  /// is more, and 64 KiB: one write has to fit behind what is held.
  ///
  /// A synchronous write that would exceed it is refused with
  /// ``ResponseError/Code/unsentLimitExceeded``, and the response fails.
  public var maximumUnsentBytes: Int
  /// Whether each response says in `X-Content-Coding-Decision` why it was coded or not.
  public var explainsDecision: Bool
  /// The name of a field that says how long coded content is before its coding, in bytes; nil for
  /// no such field.
  ///
  /// A page that shows how far a download has come counts decoded bytes: `Content-Length` has
  /// nothing to do with them, and of a coded stream there is none. No standard names a field for
  /// that. What scripts read today is `X-Uncompressed-Content-Length` (Mattermost, PrivateBin),
  /// here `HTTPField.Name.uncompressedContentLength`; `Decompressed-Content-Length` (Ethereum
  /// Swarm's Bee), and `X-File-Size` (the examples of fetch-progress-indicators) are others. No
  /// browser reads any of them by itself, and a script of another origin reads it only where
  /// `Access-Control-Expose-Headers` has its name.
  ///
  /// It is sent where the length is known at the commit: the content is whole, or its length was
  /// declared. To HEAD it is what GET would have, where that is known. Content that isn't coded
  /// goes without it: its `Content-Length` says the same.
  public var plainLengthField: HTTPField.Name?
  /// Whether a disconnect leaves handlers alone, where they don't say otherwise.
  public var ignoresDisconnect: Bool
  /// Whether a client that closes its sending side is still there.
  ///
  /// By default it counts as having left, as in Go, nginx and Node.
  public var allowsHalfClosedClients: Bool
  /// The time limit of a handler by the wall clock, where it doesn't set one; nil for none.
  public var timeLimit: Duration?
  /// How long a client may take nothing of what is due to it; nil for ever.
  ///
  /// After that it counts as gone: the response is broken off, its handler's task is cancelled and sees
  /// ``ConnectionStatus/aborted``, as far as it doesn't ignore disconnects. A client that takes
  /// something, however slowly, isn't cut off as far as that can be seen: its system tells of what was
  /// read when a good part of its receive buffer is free (RFC 9293 §3.8.6.2.2), on Linux a sixteenth, up to
  /// hundreds of kilobytes. Set a longer limit where clients are slower than that within it. As nginx's
  /// `send_timeout` it isn't the time of a whole response, and a handler that has nothing to send isn't
  /// meant: see ``timeLimit``. The adapter's page says which responses it covers.
  public var stallLimit: Duration?
  /// What happens while the after-response service is full or draining.
  public var admission: Admission

  /// Makes settings.
  ///
  /// - Parameters:
  ///   - codings: The content codings on offer, the preferred one first; none switches coding off.
  ///   - policy: Which responses are coded.
  ///   - maximumBufferedBytes: How many bytes of body are held before the head is sent.
  ///   - maximumWholeBytes: How long a body in memory may be to be coded whole.
  ///   - maximumUnsentBytes: How many bytes written without `await` may wait for the transport.
  ///   - explainsDecision: Whether responses name the reason of their coding in a field.
  ///   - plainLengthField: The name of a field that says how long coded content is before its
  ///     coding.
  ///   - ignoresDisconnect: Whether a disconnect leaves handlers alone.
  ///   - allowsHalfClosedClients: Whether a client that closes its sending side is still there.
  ///   - timeLimit: The time limit of a handler; nil for none.
  ///   - stallLimit: How long a client may take nothing of what is due to it; nil for ever.
  ///   - admission: What happens while the after-response service is full or draining.
  ///   - prefersSuspendableCodings: Whether a stream that waits takes a coding whose encoder can leave it.
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
    self.plainLengthField = plainLengthField
    self.ignoresDisconnect = ignoresDisconnect
    self.allowsHalfClosedClients = allowsHalfClosedClients
    self.timeLimit = timeLimit
    self.stallLimit = stallLimit
    self.admission = admission
    lookAtCodings()
  }

  private mutating func lookAtCodings() {
    // A policy that hides lengths has none of what can't be padded.
    let usable =
      policy.maximumPaddingByteCount > 0 ? codings.filter(\.canPad) : codings
    offered = usable.map(\.coding)
    suspendable = prefersSuspendableCodings ? usable.filter(\.canSuspend).map(\.coding) : []
  }
}

extension HTTPField.Name {
  /// `X-Uncompressed-Content-Length`: see ``ResponseSettings/plainLengthField``.
  public static let uncompressedContentLength = HTTPField.Name("X-Uncompressed-Content-Length")!
}

extension ResponseSettings {
  /// How much of a streamed body is held before the head is sent, in bytes: while coding is undecided, the
  /// decision wants to see the minimum size.
  var streamedByteLimit: Int {
    max(maximumBufferedBytes, codings.isEmpty ? 0 : policy.minimumByteCount)
  }

  /// How long a body in memory may be to be coded whole, in bytes.
  package var wholeByteLimit: Int { max(maximumWholeBytes, streamedByteLimit) }
}
