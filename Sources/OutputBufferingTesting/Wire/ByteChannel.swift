import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A byte stream to and from a server, over a socket that blocks up to a deadline.
final class ByteChannel {
  enum Arrival {
    case bytes([UInt8])
    case end
    case reset
  }

  let port: Int
  private var descriptor: CInt
  private var tls: Process?

  /// Connects to a server over TCP.
  init(host: String, port: Int, receiveBufferByteCount: Int? = nil) throws {
    self.port = port
    descriptor = socket(AF_INET, Self.streamSocket, 0)
    if let receiveBufferByteCount { set(SO_RCVBUF, CInt(receiveBufferByteCount)) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    guard unsafe inet_pton(AF_INET, host, &address.sin_addr) == 1 else {
      throw WireFailure(description: "not an IPv4 address: \(host)")
    }
    let result = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw WireFailure(description: "connect: errno \(errno)") }
    set(TCP_NODELAY, CInt(1), level: CInt(IPPROTO_TCP))
    limitSending()
  }

  private func set<Value: BitwiseCopyable>(
    _ option: CInt, _ value: Value, level: CInt = SOL_SOCKET
  ) {
    _ = unsafe withUnsafeBytes(of: value) { value in
      unsafe setsockopt(descriptor, level, option, value.baseAddress, socklen_t(value.count))
    }
  }

  /// Limits the time that sending blocks, for servers that read nothing.
  private func limitSending() {
    set(SO_SNDTIMEO, timeval(tv_sec: 10, tv_usec: 0))
  }

  /// Connects to a server over TLS through the `openssl` tool, because the kit doesn't link a TLS
  /// library.
  ///
  /// The ALPN offer (RFC 7301) is the name of a protocol, such as `h2`.
  init(tlsHost host: String, port: Int, applicationProtocol: String) throws {
    self.port = port
    var pair: [CInt] = [-1, -1]
    guard unsafe socketpair(AF_UNIX, Self.streamSocket, 0, &pair) == 0 else {
      throw WireFailure(description: "socketpair: errno \(errno)")
    }
    descriptor = pair[0]
    _ = fcntl(pair[0], F_SETFD, FD_CLOEXEC)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "openssl", "s_client", "-quiet", "-verify_quiet", "-alpn", applicationProtocol,
      "-connect", "\(host):\(port)",
    ]
    let side = FileHandle(fileDescriptor: pair[1], closeOnDealloc: true)
    process.standardInput = side
    process.standardOutput = side
    process.standardError = FileHandle.nullDevice
    try process.run()
    tls = process
    limitSending()
  }

  deinit { close() }

  private static var streamSocket: CInt {
    #if canImport(Glibc)
      CInt(SOCK_STREAM.rawValue)
    #else
      SOCK_STREAM
    #endif
  }

  private static var sendFlags: CInt {
    #if canImport(Darwin)
      0
    #else
      CInt(MSG_NOSIGNAL)
    #endif
  }

  /// Sends all bytes.
  ///
  /// - Throws: A ``WireFailure`` if the server accepts nothing for 10 s.
  func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[sent...])
        #if canImport(Glibc)
          return unsafe Glibc.send(descriptor, rest.baseAddress, rest.count, Self.sendFlags)
        #elseif canImport(Musl)
          return unsafe Musl.send(descriptor, rest.baseAddress, rest.count, Self.sendFlags)
        #else
          return unsafe Darwin.send(descriptor, rest.baseAddress, rest.count, Self.sendFlags)
        #endif
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw WireFailure(description: "send: errno \(errno)") }
      sent += count
    }
  }

  /// Returns available bytes, or waits for some.
  ///
  /// - Throws: A ``WireFailure`` if nothing arrives by the deadline.
  func receive(
    upTo limit: Int = 64 * 1024, by deadline: ContinuousClock.Instant
  ) throws -> Arrival {
    try waitForBytes(by: deadline)
    var buffer = [UInt8](repeating: 0, count: limit)
    var count: Int
    repeat {
      count = unsafe buffer.withUnsafeMutableBytes { buffer in
        unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
      }
    } while count < 0 && errno == EINTR
    if count == 0 { return .end }
    if count < 0 {
      guard errno == ECONNRESET else { throw WireFailure(description: "recv: errno \(errno)") }
      return .reset
    }
    return .bytes(Array(buffer.prefix(count)))
  }

  private func waitForBytes(by deadline: ContinuousClock.Instant) throws {
    var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    while true {
      let wait = max(.zero, deadline - .now)
      let milliseconds = CInt(min(60_000, wait / .milliseconds(1) + 0.999))
      let count = unsafe poll(&ready, 1, milliseconds)
      if count > 0 { return }
      // An interrupting signal isn't a timeout, and neither is the end of the longest single poll.
      guard count == 0 else {
        guard errno == EINTR else { throw WireFailure(description: "poll: errno \(errno)") }
        continue
      }
      guard deadline > .now else {
        throw WireFailure.timeout("nothing came within the deadline")
      }
    }
  }

  func leave(_ way: WireLeave) {
    switch way {
    case .close:
      close()
    case .halfClose:
      _ = shutdown(descriptor, CInt(SHUT_WR))
    case .reset:
      set(SO_LINGER, linger(l_onoff: 1, l_linger: 0))
      close()
    }
  }

  private func close() {
    guard descriptor >= 0 else { return }
    #if canImport(Glibc)
      _ = Glibc.close(descriptor)
    #elseif canImport(Musl)
      _ = Musl.close(descriptor)
    #else
      _ = Darwin.close(descriptor)
    #endif
    descriptor = -1
    // It may have inherited a mask that blocks SIGTERM, because threads of Swift's executors block
    // every signal.
    if let tls, tls.isRunning { kill(tls.processIdentifier, SIGKILL) }
    tls = nil
  }
}
