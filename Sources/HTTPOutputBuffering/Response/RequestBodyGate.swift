import Synchronization

/// Guards a request's body against concurrent and late reads.
///
/// A framework hands out one stream of bytes, and reads the rest of it when the response has ended.
/// The stream traps on two concurrent readers, so the gate admits one iteration, and no read after
/// it is closed.
package final class RequestBodyGate: Sendable {
  private struct State {
    var isClaimed = false
    var isReading = false
    var isClosed = false
    var waiters = WaiterList()
  }

  private let state = Mutex(State())

  package init() {}

  /// Claims the body for its only iteration.
  ///
  /// - Throws: ``ResponseError/Code/requestBodyUnavailable`` if it is already claimed or closed.
  package func claim() throws(ResponseError) {
    let refusal = state.withLock { state -> ResponseError? in
      if state.isClosed { return .requestBodyClosed }
      if state.isClaimed { return .requestBodyClaimed }
      state.isClaimed = true
      return nil
    }
    if let refusal { throw refusal }
  }

  /// Begins a read, which the caller ends with ``endRead()``.
  ///
  /// - Throws: ``ResponseError/Code/requestBodyUnavailable`` once the body is closed, and while
  ///   another read is underway.
  package func beginRead() throws(ResponseError) {
    let refusal = state.withLock { state -> ResponseError? in
      if state.isClosed { return .requestBodyClosed }
      if state.isReading { return .requestBodyClaimed }
      state.isReading = true
      return nil
    }
    if let refusal { throw refusal }
  }

  /// Ends the read that is underway.
  package func endRead() {
    state.withLock { state in
      state.isReading = false
      return state.waiters.takeAll()
    }.resume()
  }

  /// Refuses further reads; a read that is underway continues.
  package func close() {
    state.withLock { $0.isClosed = true }
  }

  /// Refuses further reads, and waits until a read that is underway has ended.
  ///
  /// The server would wait for the same bytes anyway. Cancellation ends the wait and also the read,
  /// because the server abandons the connection then.
  package func closed() async {
    let isReading = state.withLock { state in
      state.isClosed = true
      return state.isReading
    }
    if isReading { await state.wait(in: \.waiters) { !$0.isReading } }
  }

  /// Whether a read is underway.
  package var isReading: Bool { state.withLock { $0.isReading } }
}

extension ResponseError {
  fileprivate static var requestBodyClosed: ResponseError {
    ResponseError(
      code: .requestBodyUnavailable,
      message: "the request's body can't be read after the end of its response")
  }
  fileprivate static var requestBodyClaimed: ResponseError {
    ResponseError(
      code: .requestBodyUnavailable, message: "the request's body can be read only once")
  }
}
