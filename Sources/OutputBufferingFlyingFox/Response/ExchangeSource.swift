#if FlyingFox
  import FlyingFox
  import HTTPOutputBuffering
  import Synchronization

  /// Takes what an outlet hands out and gives it to FlyingFox.
  ///
  /// When a write fails FlyingFox drops the response: the outlet goes with the source. There is no other
  /// sign of a client that left.
  final class ExchangeSource: OutputSource {
    private let exchange: ResponseExchange
    /// nil while it is asked, and when it is closed.
    private let outlet: Mutex<ResponseOutlet?>
    private let isEndHandedOver = Atomic(false)

    init(outlet: consuming ResponseOutlet) {
      self.exchange = outlet.exchange
      self.outlet = Mutex(outlet)
    }

    deinit {
      if isEndHandedOver.load(ordering: .acquiring) { acknowledge() }
    }

    var isReleased: Bool { exchange.isReleased }

    /// Nothing more is taken; waits until the connection may serve its next request.
    func close() async {
      outlet.withLock { $0 = nil }
      await exchange.released()
    }

    func handOverEnd() {
      isEndHandedOver.store(true, ordering: .releasing)
    }

    func ended() async {
      acknowledge()
      await exchange.released()
    }

    private func acknowledge() {
      outlet.withLock { $0?.acknowledge() }
    }

    /// Waits for the committed head.
    ///
    /// - Parameter limit: How much of a body may be collected where its length has to be known.
    /// - Returns: The response.
    /// - Throws: What was thrown before anything was sent.
    func response(collectingUpTo limit: Int) async throws -> FlyingFox.HTTPResponse {
      var storage: ContiguousArray<UInt8> = []
      while true {
        let output = try await next(reusing: storage)
        // FlyingFox writes one head for a request: what would come before it is left out.
        guard let head = output.head else {
          storage = output.body
          continue
        }
        return try await FlyingFox.HTTPResponse(
          head, first: output, from: self, collectingUpTo: limit)
      }
    }

    func next(reusing storage: consuming ContiguousArray<UInt8>) async throws -> ResponseOutput {
      var storage: ContiguousArray<UInt8>? = storage
      guard let taken = outlet.withLock({ $0.take() }) else { throw ResponseError.brokenOff }
      var asked: ResponseOutlet? = taken
      defer { outlet.withLock { $0 = asked.take() } }
      let event = await withTaskCancellationHandler {
        await asked?.next(reusing: storage.take() ?? [])
      } onCancel: { [exchange] in
        exchange.disconnected()
      }
      switch event {
      case .output(let output): return output
      case .failed(let error): throw error
      case .aborted, nil: throw ResponseError.brokenOff
      }
    }
  }

  extension ResponseError {
    fileprivate static var brokenOff: ResponseError {
      ResponseError(code: .disconnected, message: "the response was broken off")
    }
  }
#endif
