#if FlyingFox
  import FlyingFox
  import HTTPOutputBuffering
  import Synchronization

  /// Takes what an exchange hands out and gives it to FlyingFox.
  ///
  /// When a write fails FlyingFox drops the response: the source's deinitialisation is what tells the
  /// exchange. There is no other sign of a client that left.
  final class ExchangeSource: OutputSource {
    private let exchange: ResponseExchange
    private let isEndHandedOver = Atomic(false)

    init(exchange: ResponseExchange) {
      self.exchange = exchange
    }

    deinit {
      if isEndHandedOver.load(ordering: .acquiring) {
        exchange.acknowledge()
      } else {
        exchange.abandoned()
      }
    }

    var isReleased: Bool { exchange.isReleased }

    func next(reusing storage: consuming ContiguousArray<UInt8>) async throws -> ResponseOutput {
      exchange.acknowledge(reusing: storage)
      return try await output()
    }

    func handOverEnd() {
      isEndHandedOver.store(true, ordering: .releasing)
    }

    func ended() async {
      exchange.acknowledge()
      await exchange.released()
    }

    /// Waits for the committed head.
    ///
    /// - Parameter limit: How much of a body may be collected where its length has to be known.
    /// - Returns: The response.
    /// - Throws: What was thrown before anything was sent.
    func response(collectingUpTo limit: Int) async throws -> FlyingFox.HTTPResponse {
      while true {
        let output = try await output()
        // FlyingFox writes one head for a request: what would come before it is left out.
        guard let head = output.head else {
          exchange.acknowledge(reusing: output.body)
          continue
        }
        return try await FlyingFox.HTTPResponse(
          head, first: output, from: self, collectingUpTo: limit)
      }
    }

    private func output() async throws -> ResponseOutput {
      let event = await withTaskCancellationHandler {
        await exchange.next()
      } onCancel: { [exchange] in
        exchange.disconnected()
      }
      switch event {
      case .output(let output):
        return output
      case .failed(let error):
        throw error
      case .aborted:
        throw ResponseError(code: .disconnected, message: "the response was broken off")
      }
    }
  }
#endif
