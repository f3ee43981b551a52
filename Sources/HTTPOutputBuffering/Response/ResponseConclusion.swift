import Logging

/// What is left to do of a response whose handler has returned.
///
/// The response has been given up by the task of its handler: it is the conclusion's alone, which is called
/// once, by what sends the response or breaks it off.
struct ResponseConclusion: @unchecked Sendable {
  private let response: BufferedResponse
  private let byteCount: Int

  /// - Parameters:
  ///   - response: The response.
  ///   - byteCount: Bytes of content that go out with its end.
  init(response: BufferedResponse, byteCount: Int) {
    self.response = response
    self.byteCount = byteCount
  }

  /// Concludes the response.
  ///
  /// - Parameter isTaken: Whether the transport has taken its end.
  func callAsFunction(isTaken: Bool) {
    if isTaken {
      response.metrics.sent(byteCount)
    } else if let error = response.broken {
      response.logger.debug("handler ended without its client", metadata: ["error": "\(error)"])
    }
    let exchange = response.exchange
    response.record(isTaken ? .finished : .init(exchange.status))
    exchange.service.remove(exchange.work)
  }
}
