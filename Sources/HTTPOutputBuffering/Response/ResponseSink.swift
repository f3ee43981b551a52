public import OutputBuffering

/// The bottom of a response's buffer stack: what leaves it is the body.
///
/// A stack's writes can't throw. What the response refuses is kept here and thrown by the response's
/// next operation, so that no byte is lost in silence.
public struct ResponseSink: OutputSink, ~Copyable {
  var machine: ResponseMachine
  private var refusal: ResponseError?

  init(machine: consuming ResponseMachine) {
    self.machine = machine
  }

  /// Adds bytes to the body.
  public mutating func write(_ bytes: Span<UInt8>) {
    do throws(ResponseError) {
      try machine.write(bytes)
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

  /// Throws what an earlier write was refused for.
  ///
  /// Those bytes had left their buffers: the response can't be whole any more, unless it is reset.
  func throwRefusal() throws(ResponseError) {
    if let refusal { throw refusal }
  }

  mutating func clearRefusal() {
    refusal = nil
  }
}
