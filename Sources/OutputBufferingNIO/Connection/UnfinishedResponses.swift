#if NIO
  import HTTPOutputBuffering
  import Synchronization

  /// A connection's responses that ended with their head and whose handlers haven't finished them.
  ///
  /// The connection serves its next requests meanwhile. When its client leaves, the handlers learn
  /// of it.
  final class UnfinishedResponses: Sendable {
    private struct State {
      var exchanges: [ResponseExchange] = []
      var isDisconnected = false
    }

    private let state = Mutex(State())

    /// Keeps a response until its handler has finished it.
    func add(_ exchange: ResponseExchange) {
      let isDisconnected = state.withLock { state in
        state.exchanges.removeAll { !$0.isUnfinished }
        if !state.isDisconnected { state.exchanges.append(exchange) }
        return state.isDisconnected
      }
      if isDisconnected { exchange.disconnected() }
    }

    /// Reports to the responses that the client has closed its sending side.
    func inputClosed() {
      for exchange in state.withLock(\.exchanges) { exchange.inputClosed() }
    }

    /// Reports to the responses that the connection is gone.
    func disconnected() {
      let exchanges = state.withLock { state in
        state.isDisconnected = true
        defer { state.exchanges = [] }
        return state.exchanges
      }
      for exchange in exchanges { exchange.disconnected() }
    }
  }
#endif
