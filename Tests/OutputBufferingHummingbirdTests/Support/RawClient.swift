#if Hummingbird
  import Foundation

  #if canImport(Glibc)
    import Glibc
    private let streamSocket = CInt(SOCK_STREAM.rawValue)
  #else
    import Darwin
    private let streamSocket = SOCK_STREAM
  #endif

  /// A TCP client that sends raw bytes and reports the received ones with their times.
  ///
  /// It blocks: use it on a separate thread, see ``onThread(_:)``.
  final class RawClient {
    struct Failure: Error, CustomStringConvertible {
      var description: String
    }

    /// Bytes with the time of their arrival.
    enum Arrival {
      case bytes([UInt8])
      case end
      case reset
    }

    static let patience = Duration.seconds(10)

    let port: Int
    private let socket: CInt
    private var isClosed = false
    /// Bytes that belong to the next response.
    var rest: [UInt8] = []

    init(port: Int, receiveBufferByteCount: CInt? = nil) throws {
      self.port = port
      socket = Self.makeSocket()
      if var size = receiveBufferByteCount {
        _ = unsafe setsockopt(
          socket, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<CInt>.size))
      }
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = in_port_t(UInt16(port).bigEndian)
      address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
      let result = unsafe withUnsafePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
          unsafe connect(socket, address, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      guard result == 0 else { throw Failure(description: "connect: errno \(errno)") }
      var noDelay: CInt = 1
      _ = unsafe setsockopt(
        socket, CInt(IPPROTO_TCP), TCP_NODELAY, &noDelay, socklen_t(MemoryLayout<CInt>.size))
    }

    deinit { close() }

    private static func makeSocket() -> CInt {
      #if canImport(Glibc)
        Glibc.socket(AF_INET, streamSocket, 0)
      #else
        Darwin.socket(AF_INET, streamSocket, 0)
      #endif
    }

    /// Sends all bytes.
    func send(_ text: String) throws {
      try send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) throws {
      var sent = 0
      while sent < bytes.count {
        let count = unsafe bytes.withUnsafeBytes { buffer in
          let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[sent...])
          #if canImport(Glibc)
            return unsafe Glibc.send(socket, rest.baseAddress, rest.count, CInt(MSG_NOSIGNAL))
          #else
            return unsafe Darwin.send(socket, rest.baseAddress, rest.count, 0)
          #endif
        }
        guard count > 0 else { throw Failure(description: "send: errno \(errno)") }
        sent += count
      }
    }

    /// Reads available bytes, or waits for some.
    func receive(upTo limit: Int = 64 * 1024, by deadline: ContinuousClock.Instant) throws
      -> Arrival
    {
      var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
      let wait = max(.zero, deadline - .now)
      let milliseconds = CInt(min(60_000, wait / .milliseconds(1) + 0.999))
      guard unsafe poll(&descriptor, 1, milliseconds) > 0 else {
        throw Failure(description: "nothing came within the deadline")
      }
      var buffer = [UInt8](repeating: 0, count: limit)
      let count = unsafe buffer.withUnsafeMutableBytes { buffer in
        unsafe recv(socket, buffer.baseAddress, buffer.count, 0)
      }
      if count == 0 { return .end }
      if count < 0 {
        guard errno == ECONNRESET else { throw Failure(description: "recv: errno \(errno)") }
        return .reset
      }
      return .bytes(Array(buffer.prefix(count)))
    }

    /// Closes the sending side (FIN) and continues to read.
    func closeSendingSide() {
      _ = shutdown(socket, CInt(SHUT_WR))
    }

    /// Leaves with a FIN, or with a reset if unread bytes remain.
    func close() {
      guard !isClosed else { return }
      isClosed = true
      #if canImport(Glibc)
        _ = Glibc.close(socket)
      #else
        _ = Darwin.close(socket)
      #endif
    }

    /// Leaves with a reset (RST).
    func reset() {
      var linger = linger(l_onoff: 1, l_linger: 0)
      _ = unsafe setsockopt(
        socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
      close()
    }
  }

  /// Runs blocking code on a separate thread, away from those that the server needs.
  func onThread<Result: Sendable>(
    _ body: @escaping @Sendable () throws -> Result
  ) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      let thread = Thread {
        continuation.resume(with: Swift.Result { try body() })
      }
      thread.stackSize = 512 * 1024
      thread.start()
    }
  }
#endif
