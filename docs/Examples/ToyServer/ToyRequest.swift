public import HTTPOutputBuffering
public import HTTPTypes

/// A request with its content.
public struct ToyRequest: Sendable {
  /// The method.
  public var method: HTTPRequest.Method
  /// The target as the client sent it.
  public var target: String
  /// HTTP/1.0 or HTTP/1.1.
  public var version: HTTPProtocolVersion
  /// The field lines, as many as the client sent.
  public var lines: [(name: String, value: String)]
  /// The content.
  public var content: [UInt8] = []

  /// The values of a field.
  ///
  /// - Parameter name: Its name in lowercase.
  /// - Returns: The values in order.
  public func values(of name: String) -> [String] {
    lines.filter { $0.name.lowercased() == name }.map(\.value)
  }
}

/// Reads the requests of a connection, one after the other (RFC 9112).
struct ToyRequestReader {
  enum Failure: Error {
    /// The client has left.
    case ended
    /// What came isn't a request, or too much of one.
    case malformed(HTTPResponse.Status)
  }

  private static let longestLine = 256 * 1024
  private static let maximumLineCount = 100_000
  private static let longestContent = 64 << 20

  private let socket: ToySocket
  private var received: ToySocket.Received
  private var buffer: ArraySlice<UInt8> = []

  init(_ socket: ToySocket) {
    self.socket = socket
    received = socket.received()
  }

  /// Reads the next request.
  mutating func next() async throws(Failure) -> ToyRequest {
    var start = try await line()
    // One empty line before a request is ignored (RFC 9112 §2.2).
    if start.isEmpty { start = try await line() }
    let words = start.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3, words[2].hasPrefix("HTTP/1."),
      let method = HTTPRequest.Method(String(words[0]))
    else { throw .malformed(.badRequest) }
    var request = ToyRequest(
      method: method, target: String(words[1]),
      version: words[2] == "HTTP/1.0" ? .http1_0 : .http1_1, lines: try await fieldLines())
    request.content = try await content(of: request)
    return request
  }

  /// Reads what the client still sends, and drops it.
  mutating func drain() async {
    while await received.next() != nil {}
  }

  private mutating func content(of request: ToyRequest) async throws(Failure) -> [UInt8] {
    let lengths = request.values(of: "content-length")
    let codings = request.values(of: "transfer-encoding")
    // Two ways to find the end are a way to smuggle a request (RFC 9112 §6.3).
    guard lengths.count + codings.count <= 1 else { throw .malformed(.badRequest) }
    let isChunked = codings.first?.lowercased() == "chunked"
    guard codings.isEmpty || isChunked else { throw .malformed(.notImplemented) }
    guard !lengths.isEmpty || isChunked else { return [] }
    if request.version == .http1_1,
      request.values(of: "expect").contains(where: { $0.lowercased() == "100-continue" })
    {
      let interim = ContiguousArray("HTTP/1.1 100 Continue\r\n\r\n".utf8)
      guard await socket.write(interim, stallLimit: nil) else { throw .ended }
    }
    guard isChunked else {
      guard let count = number(lengths[0], radix: 10) else { throw .malformed(.badRequest) }
      return try await bytes(count)
    }
    var content: [UInt8] = []
    while true {
      let size = try await line().prefix { $0 != ";" }
      guard let count = number(size, radix: 16) else { throw .malformed(.badRequest) }
      guard count > 0 else { break }
      guard content.count <= Self.longestContent else { throw .malformed(.contentTooLarge) }
      content += try await bytes(count)
      _ = try await line()
    }
    // Trailer fields, and the empty line after them.
    _ = try await fieldLines()
    return content
  }

  /// A number without a sign, which `Int` would take.
  private func number(_ digits: some StringProtocol, radix: Int) -> Int? {
    digits.first?.isHexDigit == true ? Int(digits, radix: radix) : nil
  }

  private mutating func fieldLines() async throws(Failure) -> [(name: String, value: String)] {
    var lines: [(name: String, value: String)] = []
    while true {
      let line = try await line()
      if line.isEmpty { return lines }
      guard let colon = line.firstIndex(of: ":"), lines.count < Self.maximumLineCount else {
        throw .malformed(.requestHeaderFieldsTooLarge)
      }
      let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
      let end = value.lastIndex { $0 != " " && $0 != "\t" }
      lines.append((String(line[..<colon]), end.map { String(value[...$0]) } ?? ""))
    }
  }

  private mutating func line() async throws(Failure) -> String {
    var searched = buffer.startIndex
    while true {
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        let line = buffer[..<end]
        buffer = buffer[(end + 1)...]
        return String(
          decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
      }
      guard buffer.count <= Self.longestLine else {
        throw .malformed(.requestHeaderFieldsTooLarge)
      }
      let count = buffer.count
      try await readMore()
      searched = buffer.startIndex + count
    }
  }

  private mutating func bytes(_ count: Int) async throws(Failure) -> [UInt8] {
    guard count <= Self.longestContent else { throw .malformed(.contentTooLarge) }
    while buffer.count < count { try await readMore() }
    defer { buffer = buffer.dropFirst(count) }
    return Array(buffer.prefix(count))
  }

  private mutating func readMore() async throws(Failure) {
    guard let part = await received.next() else { throw .ended }
    buffer = ArraySlice(Array(buffer) + part)
  }
}
