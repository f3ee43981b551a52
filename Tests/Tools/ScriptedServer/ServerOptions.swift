#if Conformance
  import ArgumentParser
  import ContentCodings
  import HTTPOutputBuffering
  import HTTPTypes

  /// The library's settings as command-line options.
  struct ServerOptions: ParsableArguments {
    @Option(help: "Which adapter serves.")
    var adapter: Adapter

    @Option(help: "The port on 127.0.0.1; 0 for any.")
    var port = 0

    @Flag(help: "Serve over TLS, on plain SwiftNIO.")
    var tls = false

    @Flag(
      help: "Serve by an application of channel handlers above the drop-in, on plain SwiftNIO.")
    var dropIn = false

    @Option(help: "The least size of a body that is coded, in bytes.")
    var minimumSize = CompressionPolicy().minimumByteCount

    @Option(help: "How much of a body is held before the head is sent, in bytes.")
    var bufferLimit = ResponseSettings(codings: []).maximumBufferedBytes

    @Option(help: "How long a body in memory may be to be coded whole, in bytes.")
    var wholeLimit = ResponseSettings(codings: []).maximumWholeBytes

    @Option(help: "How much written without suspension may wait, in bytes.")
    var unsentLimit = ResponseSettings(codings: []).maximumUnsentBytes

    @Option(help: "The content codings on offer, the preferred one first, separated by commas.")
    var offer = "gzip"

    @Option(help: "By how much the length of coded content may vary, in bytes.")
    var padding = CompressionPolicy().maximumPaddingByteCount

    @Flag(
      inversion: .prefixedNo,
      help: "A stream that waits takes a coding whose encoder can leave it.")
    var preferSuspendable = true

    @Option(help: "The compression level of gzip and deflate, 0 to 9.")
    var level = 6

    @Option(help: "Pins the library of gzip and deflate: zlib, libdeflate or isal.")
    var engine: String?

    @Option(parsing: .unconditional, help: "The compression level of zstd, -7 to 19.")
    var zstdLevel = 3

    @Option(help: "The quality of br, 0 to 11.")
    var brotliQuality = 4

    @Flag(help: "End each frame of zstd with a checksum.")
    var zstdChecksum = false

    @Option(
      help: "A media type that is coded, such as text/* or *+json; replaces the default list.")
    var mediaType: [String] = []

    @Option(help: "The switch where a response has none: automatic, off or force.")
    var mode = Mode.automatic

    @Flag(help: "Answer 406 where the client accepts nothing that can be sent.")
    var refuseUnacceptable = false

    @Flag(help: "Say in a header field why a response is coded or not.")
    var explain = false

    @Option(help: "The name of a field that says how long coded content is before its coding.")
    var plainLengthField: String?

    @Option(
      help: "A file that gets a line for each work after a response that is done, or that is kept.")
    var workJournal: String?

    @Flag(help: "Leave handlers alone when the client leaves.")
    var ignoreDisconnect = false

    @Flag(help: "A client that closes its sending side is still there.")
    var allowHalfClosed = false

    @Option(help: "The time limit of a handler, in milliseconds.")
    var timeLimit: Int?

    @Option(
      help: "How long a client may take nothing of what is due to it, in milliseconds; 0 for ever.")
    var stallLimit = 60_000

    @Option(help: "How many handlers may work on without their connection.")
    var releasedLimit = AfterResponseService.Settings().maximumReleasedHandlers

    @Flag(help: "Answer 503 while no more work is admitted.")
    var refuseWhenFull = false

    @Option(help: "How long released work may go on at shutdown, in milliseconds.")
    var drainDeadline = 30_000

    @Option(
      help: "How long a response may be underway at shutdown, in milliseconds; as released work.")
    var responseDeadline: Int?

    @Option(help: "How long cancelled handlers are waited for at shutdown, in milliseconds.")
    var cancellationDeadline = 2_000

    /// The library's compression mode as an option.
    enum Mode: String, ExpressibleByArgument {
      case automatic, off, force

      var compressionMode: CompressionMode {
        switch self {
        case .automatic: .automatic
        case .off: .off
        case .force: .force
        }
      }
    }

    func validate() throws {
      guard tls || dropIn, adapter != .nioHTTP1, adapter != .nioHTTP2 else { return }
      throw ValidationError("--tls and --drop-in are options of nio-h1 and nio-h2")
    }

    func makeBuffering(keepingIn journal: WorkJournal?) throws -> ResponseBuffering {
      var policy = CompressionPolicy()
      policy.minimumByteCount = minimumSize
      policy.mode = mode.compressionMode
      policy.refusesUnacceptable = refuseUnacceptable
      policy.maximumPaddingByteCount = padding
      if !mediaType.isEmpty {
        policy.mediaTypes = MediaTypeSet(
          try mediaType.map { text in
            guard let pattern = MediaTypePattern(text) else {
              throw ValidationError("not a media type: \(text)")
            }
            return pattern
          })
      }
      let settings = ResponseSettings(
        codings: try makeOffers(),
        policy: policy,
        maximumBufferedBytes: bufferLimit,
        maximumWholeBytes: wholeLimit,
        maximumUnsentBytes: unsentLimit,
        explainsDecision: explain,
        plainLengthField: try makePlainLengthField(),
        ignoresDisconnect: ignoreDisconnect,
        allowsHalfClosedClients: allowHalfClosed,
        timeLimit: timeLimit.map { .milliseconds($0) },
        stallLimit: stallLimit > 0 ? .milliseconds(stallLimit) : nil,
        admission: refuseWhenFull ? .refuses : .keepsConnection,
        prefersSuspendableCodings: preferSuspendable)
      var keeping: AfterResponseService.Keeping?
      if let journal {
        keeping = { works in
          for work in works { try journal.note("kept", work.name, payload: work.payload) }
        }
      }
      let service = AfterResponseService(
        settings: .init(
          maximumReleasedHandlers: releasedLimit,
          responseDeadline: .milliseconds(responseDeadline ?? drainDeadline),
          drainDeadline: .milliseconds(drainDeadline),
          cancellationDeadline: .milliseconds(cancellationDeadline)),
        keepingUnfinished: keeping)
      return ResponseBuffering(settings: settings, service: service)
    }

    private func makePlainLengthField() throws -> HTTPField.Name? {
      try plainLengthField.map { text in
        guard let name = HTTPField.Name(text) else {
          throw ValidationError("not a field name: \(text)")
        }
        return name
      }
    }

    private func makeOffers() throws -> [ContentCodingOffer] {
      guard let level = CompressionLevel(exactly: level) else {
        throw ValidationError("not a compression level: \(self.level)")
      }
      let pinned = try engine.map { name in
        guard let engine = DeflateEngine(name) else {
          throw ValidationError("not an engine that is compiled in: \(name)")
        }
        return engine
      }
      guard let zstdLevel = ZstdCompressionLevel(exactly: zstdLevel) else {
        throw ValidationError("not a level of zstd: \(self.zstdLevel)")
      }
      guard let quality = BrotliQuality(exactly: brotliQuality) else {
        throw ValidationError("not a quality of br: \(brotliQuality)")
      }
      return try offer.split(separator: ",").flatMap { name -> [ContentCodingOffer] in
        switch name {
        case "gzip": [.gzip(level: level, engine: pinned)]
        case "deflate": [.deflate(level: level, engine: pinned)]
        case "zstd": [.zstd(level: zstdLevel, checksum: zstdChecksum)]
        case "br": [.brotli(quality: quality)]
        case "defaults": ContentCodingOffer.defaults
        default: throw ValidationError("not a content coding of this library: \(name)")
        }
      }
    }
  }
#endif
