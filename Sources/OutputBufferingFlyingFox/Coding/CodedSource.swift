#if FlyingFox
  import FlyingFox
  import HTTPOutputBuffering
  import Synchronization

  /// Draws a response's body through the machine.
  ///
  /// The machine is flushed while the body has nothing to give.
  final class CodedSource: OutputSource {
    private let coder: Mutex<BodyCoder>
    private let reader: BodyReader
    private let latencyBound: Duration
    private let buffering: ResponseBuffering

    init(
      machine: consuming sending ResponseMachine,
      body: HTTPBodySequence,
      latencyBound: Duration,
      buffering: ResponseBuffering
    ) {
      let limit = buffering.settings.response.maximumUnsentBytes
      let isKnown = body.count.map { $0 <= limit } ?? false
      self.coder = Mutex(BodyCoder(machine: machine, collectedByteLimit: isKnown ? limit : 0))
      self.latencyBound = latencyBound
      self.buffering = buffering
      self.reader = BodyReader(body)
    }

    var isReleased: Bool { true }

    func handOverEnd() {}

    func ended() async {}

    /// The response, when its head is committed.
    ///
    /// - Parameter limit: How much of a body may be collected where its length has to be known.
    /// - Returns: The response.
    /// - Throws: What was thrown before anything was sent.
    func response(collectingUpTo limit: Int) async throws -> FlyingFox.HTTPResponse {
      while true {
        let output = try await next(reusing: [])
        guard let head = output.head else { continue }
        return try await FlyingFox.HTTPResponse(
          head, first: output, from: self,
          collectingUpTo: limit)
      }
    }

    /// Takes parts until the machine has something to send.
    func next(reusing storage: consuming ContiguousArray<UInt8>) async throws -> ResponseOutput {
      while true {
        let output = try coder.withLock { try $0.takeOutput() }
        if let output {
          if output.end != nil { coder.withLock { buffering.record($0.machine) } }
          return output
        }
        let part = await reader.take(within: latencyBound)
        try coder.withLock { try $0.feed(part) }
      }
    }
  }
#endif
