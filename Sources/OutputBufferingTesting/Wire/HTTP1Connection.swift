/// An HTTP/1.0 and HTTP/1.1 client that is strict about what it reads (RFC 9112).
///
/// It blocks, and is used by one thread at a time.
package final class HTTP1Connection: WireConnection {
  private enum Step {
    case head, length(Int), untilClose, chunkSize, chunk(Int), chunkEnd, trailers
  }

  private let channel: ByteChannel
  private var step = Step.head
  private var unread: ArraySlice<UInt8> = []
  private var pending: ArraySlice<WireMessage> = []
  private var isReset = false
  private(set) var closedAt: ContinuousClock.Instant?

  init(_ channel: ByteChannel) {
    self.channel = channel
  }

  /// Connects to a server on 127.0.0.1.
  ///
  /// - Parameters:
  ///   - port: The port.
  ///   - receiveBufferByteCount: The size of the socket's receive buffer, for a slow client.
  /// - Throws: A ``WireFailure`` if the server doesn't listen.
  package convenience init(port: Int, receiveBufferByteCount: Int? = nil) throws {
    self.init(
      try ByteChannel(
        host: "127.0.0.1", port: port, receiveBufferByteCount: receiveBufferByteCount))
  }

  package var port: Int { channel.port }

  /// Whether reading a response that violates a rule of HTTP throws.
  package var isStrict = true

  var strayByteCount: Int { pending.isEmpty ? unread.count : 0 }

  func send(_ request: WireRequest) throws -> WireMessage {
    try send([request])[0]
  }

  func send(_ requests: [WireRequest]) throws -> [WireMessage] {
    let messages = requests.map { WireMessage(answering: $0) }
    try channel.send(requests.flatMap(\.http1Bytes))
    for message in messages { message.sentAt = .now }
    pending += messages
    return messages
  }

  /// Sends raw bytes, whose responses are read by ``expectResponse(to:)``.
  package func send(_ bytes: [UInt8]) throws {
    try channel.send(bytes)
  }

  /// Adds a message for the next response to what was sent as raw bytes.
  package func expectResponse(to method: String = "GET") throws -> WireMessage {
    let message = WireMessage(method: method)
    pending.append(message)
    try parse()
    if closedAt != nil { endPending() }
    return message
  }

  /// Reads raw bytes, which become part of no message; nil at the end of the connection.
  package func receive(
    upTo limit: Int = 64 * 1024, by deadline: ContinuousClock.Instant
  ) throws -> [UInt8]? {
    guard closedAt == nil else { return nil }
    switch try channel.receive(upTo: limit, by: deadline) {
    case .bytes(let bytes): return bytes
    case .end: closed(isReset: false)
    case .reset: closed(isReset: true)
    }
    return nil
  }

  /// Reads to the end of the connection.
  ///
  /// - Returns: When it came, whether it was a reset, and the bytes that belong to no message.
  package func waitForEnd(
    within limit: Duration = patience
  ) throws -> (at: ContinuousClock.Instant, isReset: Bool, late: [UInt8]) {
    let deadline = ContinuousClock.now + limit
    while true {
      if let closedAt { return (closedAt, isReset, Array(unread)) }
      try read(by: deadline)
    }
  }

  package func leave(_ way: WireLeave) {
    channel.leave(way)
  }

  func leave(_ way: WireLeave, _ message: WireMessage) {
    channel.leave(way)
    if way != .halfClose { message.breakOff(isReset: false) }
  }

  package func read(by deadline: ContinuousClock.Instant) throws {
    guard let bytes = try receive(by: deadline) else { return }
    unread += bytes
    try parse()
  }

  private func parse() throws {
    while let message = pending.first, try advance(message) {
      if message.end != nil { pending.removeFirst() }
    }
  }

  private func closed(isReset: Bool) {
    closedAt = closedAt ?? .now
    self.isReset = isReset
    endPending()
  }

  private func endPending() {
    if let message = pending.first, case .untilClose = step, !isReset { message.finish() }
    for message in pending { message.breakOff(isReset: isReset) }
    pending = []
  }

  /// Parses the next part of the message; false if more bytes are needed.
  private func advance(_ message: WireMessage) throws -> Bool {
    switch step {
    case .head:
      guard let lines = section() else { return false }
      try readHead(lines, message)
    case .length(let count):
      guard let taken = take(count, message) else { return false }
      step = .length(count - taken)
      if taken == count { finish(message) }
    case .untilClose:
      return take(.max, message) != nil
    case .chunkSize:
      guard let line = line() else { return false }
      let digits = line.prefix { $0 != ";" }.trimmed
      guard let size = Int(digits, radix: 16) else {
        throw WireFailure(description: "not the size of a chunk: \(line)")
      }
      if size > 0 { message.chunkCount += 1 }
      step = size > 0 ? .chunk(size) : .trailers
    case .chunk(let count):
      guard let taken = take(count, message) else { return false }
      step = taken == count ? .chunkEnd : .chunk(count - taken)
    case .chunkEnd:
      guard let line = line() else { return false }
      guard line.isEmpty else { throw WireFailure(description: "no CRLF after the chunk's data") }
      step = .chunkSize
    case .trailers:
      guard let lines = section() else { return false }
      message.receive(trailers: try lines.map(Self.field))
      finish(message)
    }
    return true
  }

  private func finish(_ message: WireMessage) {
    message.finish()
    step = .head
  }

  private func take(_ limit: Int, _ message: WireMessage) -> Int? {
    let part = unread.prefix(limit)
    guard !part.isEmpty else { return nil }
    unread.removeFirst(part.count)
    message.receive(content: part)
    return part.count
  }

  private func line() -> String? {
    guard let end = unread.firstIndex(of: 10) else { return nil }
    let line = unread[unread.startIndex..<end]
    unread = unread[(end + 1)...]
    return String(decoding: line.last == 13 ? line.dropLast() : line, as: UTF8.self)
  }

  private func section() -> [String]? {
    let saved = unread
    var lines: [String] = []
    while let line = line() {
      if line.isEmpty { return lines }
      lines.append(line)
    }
    unread = saved
    return nil
  }

  private static func field(_ line: String) throws -> WireField {
    let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[0].contains(" ") else {
      throw WireFailure(description: "not a field line: \(line)")
    }
    return WireField(String(parts[0]), parts[1].trimmed)
  }

  private func readHead(_ lines: [String], _ message: WireMessage) throws {
    let words = (lines.first ?? "").split(separator: " ", maxSplits: 2)
    guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
      throw WireFailure(description: "not a status line: \(lines.first ?? "")")
    }
    let head = WireHead(
      version: String(words[0]), status: status, fields: try lines.dropFirst().map(Self.field))
    if (100..<200).contains(status) && status != 101 { return message.receive(interim: head) }
    let length = head["content-length"]
    if message.method == "HEAD" || status == 204 || status == 304 {
      message.receive(head, framing: .none)
      finish(message)
    } else if status == 101 || (message.method == "CONNECT" && status / 100 == 2) {
      message.receive(head, framing: .none)
      finish(message)
      step = .untilClose
    } else if !head.lines("transfer-encoding").isEmpty {
      if head.members("transfer-encoding") != ["chunked"] {
        message.violate("Transfer-Encoding: \(head["transfer-encoding"] ?? "")")
      }
      message.receive(head, framing: .chunked)
      step = .chunkSize
    } else if let length {
      guard let count = Int(length), count >= 0 else {
        throw WireFailure(description: "Content-Length: \(length)")
      }
      message.receive(head, framing: .length(count))
      step = .length(count)
      if count == 0 { finish(message) }
    } else {
      message.receive(head, framing: .close)
      step = .untilClose
    }
  }
}
