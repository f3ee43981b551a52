#if FlyingFox
  import FlyingFox
  import HTTPOutputBuffering
  import Logging
  import Synchronization

  /// Draws a response's body through a coder.
  final class CodedSource: OutputSource {
    private let coder: Mutex<BodyCoder<ContiguousArray<UInt8>>>
    private let reader: BodyReader
    private let buffering: ResponseBuffering
    private let logger: Logger
    private let underway: UnderwayResponse
    /// The end is FlyingFox's to write, which drops the source then.
    private let isEndHandedOver = Atomic(false)
    private let isRecorded = Atomic(false)

    init(
      machine: consuming sending ResponseMachine,
      body: HTTPBodySequence,
      latencyBound: Duration,
      buffering: ResponseBuffering,
      logger: Logger,
      underway: UnderwayResponse
    ) {
      self.coder = Mutex(
        BodyCoder(
          machine: machine, bodyByteCount: body.count, delivery: .inPieces,
          latencyBound: latencyBound, at: .now))
      self.buffering = buffering
      self.logger = logger
      self.reader = BodyReader(body)
      self.underway = underway
      underway.onCutOff { [weak reader] in reader?.close() }
    }

    deinit { record(isWhole: isEndHandedOver.load(ordering: .acquiring)) }

    var isReleased: Bool { true }

    func handOverEnd() {
      isEndHandedOver.store(true, ordering: .releasing)
    }

    func ended() async { record(isWhole: true) }

    /// Counts the response, once.
    private func record(isWhole: Bool) {
      guard !isRecorded.exchange(true, ordering: .relaxed) else { return }
      coder.withLock { buffering.record($0.machine, isWhole: isWhole, logger: logger) }
    }

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
        switch try coder.withLock({ try $0.next(at: .now) }) {
        case .send(let output): return output
        case .wait(let limit):
          guard let part = try await reader.take(within: limit) else { continue }
          coder.withLock { $0.take(part) }
        }
      }
    }
  }
#endif
