#if FlyingFox
  import FlyingFox
  import HTTPOutputBuffering
  import Synchronization

  /// Passes an outlet's output to FlyingFox.
  ///
  /// When a write fails, FlyingFox drops the response, and the outlet is destroyed with the source.
  /// FlyingFox gives no other sign that a client has left.
  final class ExchangeSource: OutputSource {
    private let exchange: ResponseExchange
    /// The outlet; nil while it is in use, and when it is closed.
    private let outlet: Mutex<ResponseOutlet?>
    private let answersLastRequest: Bool
    private let isEndHandedOver = Atomic(false)

    init(outlet: consuming ResponseOutlet, answersLastRequest: Bool) {
      self.exchange = outlet.exchange
      self.outlet = Mutex(outlet)
      self.answersLastRequest = answersLastRequest
    }

    deinit {
      if isEndHandedOver.load(ordering: .acquiring) { acknowledge() }
    }

    var isReleased: Bool { exchange.isReleased }

    /// Takes no more output, and waits until the connection may serve its next request.
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
    /// - Parameter limit: The number of bytes of body that may be collected if its length has to be
    ///   known.
    /// - Returns: The response.
    /// - Throws: The error that occurred before anything was sent.
    func response(collectingUpTo limit: Int) async throws -> FlyingFox.HTTPResponse {
      var storage: ContiguousArray<UInt8> = []
      while true {
        let output = try await next(reusing: storage)
        // FlyingFox writes one head for a request, so interim responses are left out.
        guard let head = output.head else {
          storage = output.body
          continue
        }
        return try await FlyingFox.HTTPResponse(
          head, first: output, from: self, answersLastRequest: answersLastRequest,
          collectingUpTo: limit)
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
      ResponseError(code: .disconnected, message: "the response was aborted")
    }
  }
#endif
