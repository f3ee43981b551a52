import Logging

/// The remaining work on a response whose handler has returned.
///
/// The handler's task no longer uses the response. The conclusion is called once, when the response
/// has been sent or aborted.
struct ResponseConclusion: @unchecked Sendable {
  private let response: BufferedResponse
  private let byteCount: Int

  /// - Parameters:
  ///   - response: The response.
  ///   - byteCount: The number of bytes of content sent with its end.
  init(response: BufferedResponse, byteCount: Int) {
    self.response = response
    self.byteCount = byteCount
  }

  /// Concludes the response.
  ///
  /// - Parameter isTaken: Whether the transport has taken the end of the response.
  func callAsFunction(isTaken: Bool) {
    if isTaken {
      response.metrics.sent(byteCount)
    } else if let error = response.broken {
      response.logger.handlerEndedLate(error)
    }
    let exchange = response.exchange
    response.record(isTaken ? .finished : .init(exchange.status))
    exchange.service.remove(exchange.work)
  }
}

extension Logger {
  /// Logs the error that a handler got because its response was aborted before it had ended.
  func handlerEndedLate(_ error: any Error) {
    debug(
      "the client left, or the time limit ran out, before the handler ended",
      metadata: ["error": "\(error)"])
  }
}
