#if FlyingFox
  import Foundation
  import FlyingSocks

  /// A client that sends raw bytes and shows the received ones.
  final class RawClient {
    struct Message {
      var status: Int
      /// Header lines, names in lower case.
      var lines: [(name: String, value: String)]
      var body: [UInt8] = []
      /// Whether the message is complete according to its framing.
      var isComplete = false

      subscript(name: String) -> String? { lines.first { $0.name == name }?.value }
      var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// Blocks on a separate thread, because FlyingFox's asynchronous client shares a pool with
    /// other tests.
    private let socket: Socket
    private let queue = DispatchQueue(label: "client")
    private(set) var unread: [UInt8] = []
    private(set) var isAtEnd = false

    init(port: UInt16) async throws {
      socket = try Socket(domain: Int32(AF_INET))
      try socket.setValue(10, for: ReceiveTimeout())
      try await blocking { [socket] in try socket.connect(to: .inet(ip4: "127.0.0.1", port: port)) }
    }

    deinit { try? socket.close() }

    private func blocking<Result: Sendable>(
      _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
      try await withCheckedThrowingContinuation { continuation in
        queue.async { continuation.resume(with: Swift.Result { try body() }) }
      }
    }

    func send(_ text: String) async throws {
      try await blocking { [socket] in
        let data = Data(text.utf8)
        var sent = 0
        while sent < data.count { sent = try socket.write(data, from: sent) }
      }
    }

    func get(_ path: String, _ lines: String...) async throws {
      let lines = (["Host: test"] + lines).joined(separator: "\r\n")
      try await send("GET \(path) HTTP/1.1\r\n\(lines)\r\n\r\n")
    }

    /// Reads once; empty if the peer has closed.
    func read() async throws {
      do {
        unread += try await blocking { [socket] in try socket.read(atMost: 64 * 1024) }
      } catch SocketError.disconnected {
        isAtEnd = true
      }
    }

    /// Waits for the peer to close without sending anything more.
    func waitForEnd() async throws -> Bool {
      while !isAtEnd && unread.isEmpty { try await read() }
      return unread.isEmpty
    }

    /// Whether neither bytes nor the end have arrived yet.
    var isQuiet: Bool {
      var descriptor = pollfd(fd: socket.file.rawValue, events: Int16(POLLIN), revents: 0)
      return unsafe unread.isEmpty && !isAtEnd && poll(&descriptor, 1, 0) == 0
    }

    private func readLine() async throws -> String? {
      while true {
        if let end = unread.firstIndex(of: 10) {
          let line = unread[..<end].filter { $0 != 13 }
          unread.removeSubrange(...end)
          return String(decoding: line, as: UTF8.self)
        }
        if isAtEnd { return nil }
        try await read()
      }
    }

    func readHead() async throws -> Message {
      let first = try await readLine() ?? ""
      let status = first.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
      var message = Message(status: status, lines: [])
      while let line = try await readLine(), !line.isEmpty {
        let colon = line.firstIndex(of: ":") ?? line.startIndex
        let value = line[colon...].dropFirst().trimmingCharacters(in: .whitespaces)
        message.lines.append((line[..<colon].lowercased(), value))
      }
      return message
    }

    /// Reads one chunk; nil at the last one, or if the connection ended before it.
    func readChunk(into message: inout Message) async throws -> [UInt8]? {
      guard let line = try await readLine(), let size = Int(line, radix: 16) else { return nil }
      let data = try await readBytes(size)
      guard data.count == size, try await readLine() == "" else { return nil }
      if size == 0 { message.isComplete = true }
      message.body += data
      return size == 0 ? nil : data
    }

    func readBytes(_ count: Int) async throws -> [UInt8] {
      while unread.count < count && !isAtEnd { try await read() }
      let bytes = Array(unread.prefix(count))
      unread.removeFirst(bytes.count)
      return bytes
    }

    func readMessage(isHEAD: Bool = false) async throws -> Message {
      var message = try await readHead()
      if isHEAD || message.status == 204 || message.status == 304 {
        message.isComplete = true
      } else if let length = message["content-length"].flatMap({ Int($0) }) {
        message.body = try await readBytes(length)
        message.isComplete = message.body.count == length
      } else if message["transfer-encoding"] == "chunked" {
        while try await readChunk(into: &message) != nil {}
      }
      return message
    }
  }

  /// The maximum time that a read may block, in seconds.
  private struct ReceiveTimeout: SocketOption {
    var level: Int32 { SOL_SOCKET }
    var name: Int32 { SO_RCVTIMEO }

    func makeValue(from socketValue: timeval) -> Int { socketValue.tv_sec }
    func makeSocketValue(from value: Int) -> timeval { timeval(tv_sec: value, tv_usec: 0) }
  }
#endif
