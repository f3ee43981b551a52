import Synchronization

/// Decides what may read a request's body, and until when.
///
/// A framework hands out one stream of bytes and reads what is left of it itself, once the response is over.
/// Two readers at once trap below, so that the gate lets one iteration in, and no read after it is closed.
package final class RequestBodyGate: Sendable {
  private struct State {
    var isClaimed = false
    var isReading = false
    var isClosed = false
    var waiters = WaiterList()
  }

  private let state = Mutex(State())

  package init() {}

  /// Claims the body for the one iteration there can be.
  ///
  /// - Throws: ``ResponseError/Code/requestBodyUnavailable`` when it is claimed already, or closed.
  package func claim() throws(ResponseError) {
    let refusal = state.withLock { state -> ResponseError? in
      if state.isClosed { return .requestBodyClosed }
      if state.isClaimed { return .requestBodyClaimed }
      state.isClaimed = true
      return nil
    }
    if let refusal { throw refusal }
  }

  /// A read begins; ``endRead()`` is due when it is over.
  ///
  /// - Throws: ``ResponseError/Code/requestBodyUnavailable`` once the body is closed, and while another read
  ///   is underway.
  package func beginRead() throws(ResponseError) {
    let refusal = state.withLock { state -> ResponseError? in
      if state.isClosed { return .requestBodyClosed }
      if state.isReading { return .requestBodyClaimed }
      state.isReading = true
      return nil
    }
    if let refusal { throw refusal }
  }

  /// The read that is underway is over.
  package func endRead() {
    state.withLock { state in
      state.isReading = false
      return state.waiters.takeAll()
    }.resume()
  }

  /// Refuses further reads; one that is underway goes on.
  package func close() {
    state.withLock { $0.isClosed = true }
  }

  /// Refuses further reads and waits until the one that is underway is over.
  ///
  /// The server would wait for the same bytes. Cancellation ends the wait; it ends the read as well, for
  /// the server gives the connection up.
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
