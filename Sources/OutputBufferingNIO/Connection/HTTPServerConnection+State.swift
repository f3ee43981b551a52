#if NIO
  import DequeModule
  import HTTPOutputBuffering
  import HTTPTypes
  import NIOCore

  extension HTTPServerConnection {
    /// What a request says about its connection.
    struct RequestLine: Sendable {
      /// Its position among the connection's requests.
      var number: Int
      var method: HTTPRequest.Method
      var version: HTTPProtocolVersion
      var isKeepAlive: Bool
    }

    /// The exchange that writes the response to a request.
    struct Writer {
      /// The number of the request.
      let number: Int
      let exchange: ResponseExchange
      /// Whether the exchange waits until the end that the server writes is in the socket.
      var acknowledgesAtEnd = false
    }

    struct State {
      var received = Deque<RequestLine>()
      /// The request that is being served.
      var served: RequestLine?
      /// The number of the first request whose response end hasn't reached the event loop.
      var nextEnd = 0
      /// Rarely more than one.
      var writers: [Writer] = []
      /// The action to run if the client leaves, and whether a half-closed one may stay.
      var departure: (action: @Sendable () -> Void, allowsHalfClosedClients: Bool)?
      /// Handlers that keep the connection after their responses have ended.
      var keepers: [ResponseExchange] = []
      var closesAtEnd = false
      var omitsContentLength = false
      /// Guards the content of the request being served.
      var bodyGate: RequestBodyGate?
      var isInputClosed = false
      var isInactive = false
      /// Whether the connection closes after the request being served.
      var closesWhenIdle = false
      /// Whether the server has told the channel to quiesce.
      var isQuiescing = false

      /// Whether a departing client cancels the serving task, and whether a half-closed one may
      /// stay.
      var cancellation: (isRequested: Bool, allowsHalfClosedClients: Bool) = (false, false)
      /// Whether the response being served has a head on its way.
      ///
      /// Until then, outer middleware may be at work, which nothing cancels.
      var hasBegun = false
      /// The number of the last request whose response has a head.
      var lastHead = -1
      /// The number of the first request whose response's end isn't in the socket.
      var nextSent = 0

      var isCancellationDue: Bool { cancellation.isRequested && hasBegun }

      /// Whether the response to a request is on its way, with a head and an end that is to come.
      func isOnItsWay(_ number: Int) -> Bool { number >= nextSent && number <= lastHead }

      /// Whether no further request is served.
      var isClosing: Bool { closesAtEnd || isInactive }

      /// Whether the client has left, or has closed its sending side where that counts as leaving.
      func hasClientLeft(allowingHalfClosed allowsHalfClosedClients: Bool) -> Bool {
        isInactive || (isInputClosed && !allowsHalfClosedClients)
      }

      /// Whether the end of a response is still on its way to the event loop.
      ///
      /// More than one request waits if requests are pipelined, or were answered without an
      /// exchange.
      var isEndUnderway: Bool {
        served.map { $0.number >= nextEnd } ?? false || received.count > 1
      }

      /// Serves the next request.
      ///
      /// - Returns: False if none may be served, or none has arrived.
      mutating func serveNext() -> Bool {
        guard !isClosing, let next = received.popFirst() else { return false }
        served = next
        departure = nil
        cancellation.isRequested = false
        hasBegun = false
        bodyGate = nil
        closesAtEnd = !next.isKeepAlive || closesWhenIdle
        return true
      }

      /// Records that the response being served has begun.
      ///
      /// - Returns: Whether its client has left already, and the serving task has to be cancelled.
      mutating func begin() -> Bool {
        hasBegun = true
        return isInactive && cancellation.isRequested
      }

      mutating func takeWriter(of number: Int) -> Writer? {
        writers.firstIndex { $0.number == number }.map { writers.remove(at: $0) }
      }

      mutating func takeKeepers() -> [ResponseExchange] {
        defer { keepers = [] }
        return keepers
      }

      /// Drops requests that were answered without an exchange.
      mutating func forgetAnswered() {
        while let request = received.first, request.number < nextEnd { received.removeFirst() }
      }
    }
  }
#endif
