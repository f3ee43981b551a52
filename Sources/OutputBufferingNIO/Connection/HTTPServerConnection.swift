#if NIO
  public import HTTPOutputBuffering
  package import HTTPTypes
  public import NIOCore
  import NIOHTTP1
  import Synchronization

  /// What a server's API doesn't tell of a connection, or of a stream of HTTP/2: the version of each
  /// request, that the client has left, when the end of a response is written.
  ///
  /// A channel handler writes it, on the event loop; the task that serves the connection reads it.
  public final class HTTPServerConnection: Sendable {
    /// The connection whose request the current task serves, for frameworks that pass no connection on.
    @TaskLocal package static var current: HTTPServerConnection?

    /// What a request says of its connection.
    struct RequestLine: Sendable {
      var method: HTTPMethod
      var version: HTTPProtocolVersion
      var isKeepAlive: Bool
    }

    private struct State {
      var received: CircularBuffer<RequestLine> = []
      var version: HTTPProtocolVersion
      var exchange: ResponseExchange?
      var acknowledgesAtEnd = false
      var closesAtEnd = false
      var omitsContentLength = false
      var isInputClosed = false
      var isInactive = false
      var isClosing = false
    }

    /// The channel of the connection, or of the stream.
    public let channel: any Channel
    private let state: Mutex<State>

    init(channel: any Channel, version: HTTPProtocolVersion) {
      self.channel = channel
      self.state = Mutex(State(version: version))
    }

    /// The version of the request that is being served.
    public var version: HTTPProtocolVersion { state.withLock { $0.version } }

    /// Whether the connection is being closed: no further request is served.
    public var isClosing: Bool { state.withLock { $0.isClosing } }
  }

  // The connection's task.
  extension HTTPServerConnection {
    /// The next request is about to be served; requests are served in the order they came in.
    package func requestStarted() {
      state.withLock { state in
        if let request = state.received.popFirst() { state.version = request.version }
      }
    }

    /// The response to the request that is being served belongs to an exchange.
    package func begin(_ exchange: ResponseExchange) {
      let (isInputClosed, isInactive) = state.withLock { state in
        state.exchange = exchange
        return (state.isInputClosed, state.isInactive)
      }
      if isInactive {
        exchange.disconnected()
      } else if isInputClosed {
        exchange.inputClosed()
      }
    }

    /// The server, not the exchange, writes the response: with an error of its own.
    package func end(_ exchange: ResponseExchange) {
      state.withLock { state in
        guard state.exchange === exchange else { return }
        state.exchange = nil
      }
    }

    /// The exchange waits until the end that the server writes is in the socket.
    package func acknowledgeAtEnd() {
      state.withLock { $0.acknowledgesAtEnd = true }
    }

    /// The connection is closed when the response that is being written ends.
    package func closeAtEnd() {
      state.withLock { $0.closesAtEnd = true }
    }

    /// The response to HEAD leaves its length out; Hummingbird would say 0.
    package func omitContentLength() {
      state.withLock { $0.omitsContentLength = true }
    }

    /// Sends an interim response ahead of the final one.
    package func sendInformational(_ response: HTTPResponse) async throws {
      try await channel.triggerUserOutboundEvent(InterimResponse(head: response)).get()
    }

    /// Breaks the connection so that a message without length looks broken too: by a reset.
    package func reset() {
      guard let provider = channel as? any SocketOptionProvider else { return abort() }
      provider.unsafeSetSocketOption(level: .socket, name: .so_linger, value: Linger())
        .whenComplete { [channel] _ in channel.close(promise: nil) }
    }

    /// Breaks the connection off.
    package func abort() {
      channel.close(promise: nil)
    }
  }

  // The event loop.
  extension HTTPServerConnection {
    func received(_ request: RequestLine) {
      state.withLock { $0.received.append(request) }
    }

    func inputClosed() {
      let exchange = state.withLock { state in
        state.isInputClosed = true
        return state.exchange
      }
      exchange?.inputClosed()
    }

    func becameInactive() {
      let exchange = state.withLock { state in
        state.isInactive = true
        state.isClosing = true
        return state.exchange
      }
      exchange?.disconnected()
    }

    func takeOmitsContentLength() -> Bool {
      state.withLock { state in
        defer { state.omitsContentLength = false }
        return state.omitsContentLength
      }
    }

    /// Whether the connection closes behind the end that is about to be written.
    func isClosingAtEnd() -> Bool {
      state.withLock { state in
        state.isClosing = state.isClosing || state.closesAtEnd
        return state.closesAtEnd
      }
    }

    /// The end of a response is in the socket.
    func endWritten() {
      let exchange: ResponseExchange? = state.withLock { state in
        defer {
          state.exchange = nil
          state.acknowledgesAtEnd = false
        }
        return state.acknowledgesAtEnd ? state.exchange : nil
      }
      exchange?.acknowledge()
    }
  }

  /// The C library's `struct linger`: closing discards what is unsent and resets the connection.
  private struct Linger: Sendable {
    var isOn: CInt = 1
    var seconds: CInt = 0
  }

  /// An interim response on its way down the pipeline.
  struct InterimResponse: Sendable {
    var head: HTTPResponse
  }
#endif
