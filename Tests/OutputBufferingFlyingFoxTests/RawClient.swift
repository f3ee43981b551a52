#if FlyingFox
  import Foundation
  import FlyingSocks

  /// A client that sends the bytes it is given and shows the bytes that come back.
  final class RawClient {
    struct Message {
      var status: Int
      /// Header lines, names in lower case.
      var lines: [(name: String, value: String)]
      var body: [UInt8] = []
      /// Whether the message came to its end, by its own framing.
      var isComplete = false

      subscript(name: String) -> String? { lines.first { $0.name == name }?.value }
      var text: String { String(decoding: body, as: UTF8.self) }
    }

    private let socket: AsyncSocket
    private(set) var unread: [UInt8] = []
    private(set) var isAtEnd = false

    init(port: UInt16) async throws {
      socket = try await AsyncSocket.connected(to: .inet(ip4: "127.0.0.1", port: port))
    }

    deinit { try? socket.close() }

    func send(_ text: String) async throws {
      try await socket.write(Data(text.utf8))
    }

    func get(_ path: String, _ lines: String...) async throws {
      let lines = (["Host: test"] + lines).joined(separator: "\r\n")
      try await send("GET \(path) HTTP/1.1\r\n\(lines)\r\n\r\n")
    }

    /// Reads once; nothing when the peer has closed.
    func read() async throws {
      do {
        unread += try await socket.read(atMost: 64 * 1024)
      } catch SocketError.disconnected {
        isAtEnd = true
      }
    }

    func readToEnd() async throws -> String {
      while !isAtEnd { try await read() }
      defer { unread = [] }
      return String(decoding: unread, as: UTF8.self)
    }

    /// Waits for the peer to close, without anything more from it.
    func waitForEnd() async throws -> Bool {
      while !isAtEnd && unread.isEmpty { try await read() }
      return unread.isEmpty
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

    /// Reads one chunk; nil at the last one, or when the connection ended before it.
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
#endif
