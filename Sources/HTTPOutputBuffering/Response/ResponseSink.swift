import Logging
public import OutputBuffering

/// The bottom of a response's buffer stack, which receives the body.
///
/// A stack's writes can't throw. The sink keeps the error of a refused write, and the response's
/// next operation throws it, so that no byte is lost silently.
public struct ResponseSink: OutputSink, ~Copyable {
  var machine: ResponseMachine
  private var refusal: ResponseError?
  private let logger: Logger
  private let metrics: ResponseMetrics

  init(machine: consuming ResponseMachine, logger: Logger, metrics: ResponseMetrics) {
    self.machine = machine
    self.logger = logger
    self.metrics = metrics
  }

  /// Adds bytes to the body.
  public mutating func write(_ bytes: Span<UInt8>) {
    do throws(ResponseError) {
      try machine.write(bytes)
    } catch {
      refusal = refusal ?? error
    }
  }

  /// Adds bytes to the body, without a copy if they are the first.
  public mutating func write(taking storage: inout ContiguousArray<UInt8>) {
    do throws(ResponseError) {
      try machine.write(taking: &storage)
    } catch {
      refusal = refusal ?? error
    }
  }

  /// Commits and flushes the response; the bytes leave with the response's next `await`.
  public mutating func flush() {
    do throws(ResponseError) {
      try machine.flush()
    } catch {
      refusal = refusal ?? error
    }
  }

  /// Logs the failure as a warning and counts it.
  public mutating func handlerFailed(_ failure: OutputHandlerFailure) {
    metrics.handlerFailed()
    logger.warning(
      "output handler failed",
      metadata: [
        "handler": "\(failure.handlerName)", "level": "\(failure.level)",
        "output": failure.policy == .discard ? "discarded" : "passed on unchanged",
        "error": "\(failure.cause)",
      ])
  }

  /// Throws the error of an earlier refused write.
  ///
  /// The refused bytes have left their buffers, so the response can't be completed unless it is
  /// reset.
  func throwRefusal() throws(ResponseError) {
    if let refusal { throw refusal }
  }

  mutating func clearRefusal() {
    refusal = nil
  }
}
