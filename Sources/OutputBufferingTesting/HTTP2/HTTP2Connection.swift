/// An HTTP/2 client with one connection and any number of streams (RFC 9113).
final class HTTP2Connection: WireConnection {
  private let channel: ByteChannel
  private let scheme: String
  private var unread: ArraySlice<UInt8> = []
  private var decoder = HPACKDecoder()
  private var streams: [UInt32: WireMessage] = [:]
  private var nextStream: UInt32 = 1
  /// The streams that keep their initial window.
  private var withheldStreams: Set<UInt32> = []
  private var section: (stream: UInt32, flags: HTTP2Frame.Flags, bytes: [UInt8])?
  private(set) var closedAt: ContinuousClock.Instant?
  private(set) var strayByteCount = 0
  private var hasSettings = false

  init(_ channel: ByteChannel, scheme: String) throws {
    self.channel = channel
    self.scheme = scheme
    // A window of 1 MiB for each stream, and one for the connection that no test fills.
    let settings: [UInt8] = [0, 2, 0, 0, 0, 0] + [0, 4] + UInt32(1 << 20).bigEndianBytes
    try channel.send(
      Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
        + HTTP2Frame(.settings, payload: settings).bytes
        + HTTP2Frame(.windowUpdate, payload: UInt32(1 << 24).bigEndianBytes).bytes)
    // A request's time must not include the handshake.
    let isThere = try read(within: .seconds(10)) { hasSettings }
    guard isThere, hasSettings else {
      throw WireFailure(description: "the server doesn't speak HTTP/2")
    }
  }

  func send(_ request: WireRequest) throws -> WireMessage {
    try send([request])[0]
  }

  func send(_ requests: [WireRequest]) throws -> [WireMessage] {
    var bytes: [UInt8] = []
    let messages = requests.map { request in
      let message = WireMessage(answering: request)
      let pseudoFields = [
        WireField(":method", request.method), WireField(":scheme", scheme),
        WireField(":path", request.target), WireField(":authority", "localhost"),
      ]
      let fields = pseudoFields + request.fields.filter { !$0.isConnectionSpecific }
      let end: HTTP2Frame.Flags = request.body == nil ? .endStream : []
      bytes += Self.headers(HPACKDecoder.encode(fields), end, stream: nextStream)
      if let body = request.body {
        bytes += HTTP2Frame(.data, .endStream, stream: nextStream, payload: body).bytes
      }
      streams[nextStream] = message
      if request.withholdsWindow { withheldStreams.insert(nextStream) }
      nextStream += 2
      return message
    }
    try channel.send(bytes)
    for message in messages { message.sentAt = .now }
    return messages
  }

  private static func headers(
    _ section: [UInt8], _ end: HTTP2Frame.Flags, stream: UInt32
  ) -> [UInt8] {
    let limit = 16_384
    var rest = section[...]
    var bytes: [UInt8] = []
    var kind = HTTP2Frame.Kind.headers
    repeat {
      let part = rest.prefix(limit)
      rest = rest.dropFirst(limit)
      var flags: HTTP2Frame.Flags = kind == .headers ? end : []
      if rest.isEmpty { flags.insert(.endHeaders) }
      bytes += HTTP2Frame(kind, flags, stream: stream, payload: Array(part)).bytes
      kind = .continuation
    } while !rest.isEmpty
    return bytes
  }

  func leave(_ way: WireLeave, _ message: WireMessage) throws {
    guard way == .reset, let stream = streams.first(where: { $0.value === message })?.key else {
      return channel.leave(way)
    }
    let cancel: UInt32 = 8
    try channel.send(HTTP2Frame(.resetStream, stream: stream, payload: cancel.bigEndianBytes).bytes)
    message.breakOff(isReset: true)
    streams[stream] = nil
  }

  func read(by deadline: ContinuousClock.Instant) throws {
    switch try channel.receive(by: deadline) {
    case .bytes(let bytes):
      unread += bytes
      while let frame = HTTP2Frame(from: &unread) { try receive(frame) }
    case .end: closed(isReset: false)
    case .reset: closed(isReset: true)
    }
  }

  private func closed(isReset: Bool) {
    closedAt = closedAt ?? .now
    for message in streams.values { message.breakOff(isReset: isReset) }
    streams = [:]
  }

  private func receive(_ frame: HTTP2Frame) throws {
    switch frame.kind {
    case .settings where !frame.flags.contains(.acknowledge):
      hasSettings = true
      try channel.send(HTTP2Frame(.settings, .acknowledge).bytes)
    case .ping where !frame.flags.contains(.acknowledge):
      try channel.send(HTTP2Frame(.ping, .acknowledge, payload: frame.payload).bytes)
    case .headers:
      section = (frame.stream, frame.flags, Array(frame.content))
      if frame.flags.contains(.endHeaders) { try receiveSection() }
    case .continuation:
      section?.bytes += frame.payload
      if frame.flags.contains(.endHeaders) { try receiveSection() }
    case .data:
      try receiveData(frame)
    case .resetStream:
      let noError = UInt32(bigEndian: frame.payload) == 0
      streams.removeValue(forKey: frame.stream)?.breakOff(isReset: !noError)
    case .goAway:
      let last = UInt32(bigEndian: frame.payload.prefix(4)) & 0x7FFF_FFFF
      for (stream, message) in streams where stream > last { message.breakOff(isReset: true) }
      streams = streams.filter { $0.key <= last }
    default:
      break
    }
  }

  private func receiveSection() throws {
    guard let (stream, flags, bytes) = section else { return }
    section = nil
    let fields = try decoder.decode(bytes)
    guard let message = streams[stream] else { return }
    for field in fields where field.isConnectionSpecific || field.hasUppercase {
      message.violate("\(field.name) over HTTP/2 (RFC 9113 §8.2)")
    }
    if message.head == nil {
      receiveHead(fields, flags, message)
    } else {
      message.receive(trailers: fields)
    }
    if flags.contains(.endStream) { finish(stream) }
  }

  private func receiveHead(
    _ fields: [WireField], _ flags: HTTP2Frame.Flags, _ message: WireMessage
  ) {
    let status = fields.first { $0.name == ":status" }.flatMap { Int($0.text) } ?? 0
    let head = WireHead(
      version: "HTTP/2", status: status, fields: fields.filter { !$0.name.hasPrefix(":") })
    if (100..<200).contains(status) { return message.receive(interim: head) }
    let hasContent = message.method != "HEAD" && status != 204 && status != 304
    let length = head["content-length"].flatMap { Int($0) }
    let framing = length.map(WireMessage.Framing.length) ?? .endOfStream
    message.receive(head, framing: hasContent ? framing : .none)
  }

  private func receiveData(_ frame: HTTP2Frame) throws {
    let count = UInt32(frame.payload.count)
    if count > 0 {
      try channel.send(HTTP2Frame(.windowUpdate, payload: count.bigEndianBytes).bytes)
    }
    guard let message = streams[frame.stream] else {
      strayByteCount += frame.payload.count
      return
    }
    if frame.content.isEmpty && !frame.flags.contains(.endStream) {
      // Clients that guard against floods fail the whole connection after a few of them (RFC 9113
      // §10.5).
      message.violate("an empty DATA frame that doesn't end its stream")
    }
    message.receive(content: frame.content)
    if frame.flags.contains(.endStream) {
      finish(frame.stream)
    } else if count > 0, !withheldStreams.contains(frame.stream) {
      try channel.send(
        HTTP2Frame(
          .windowUpdate, stream: frame.stream, payload: count.bigEndianBytes
        ).bytes)
    }
  }

  private func finish(_ stream: UInt32) {
    streams.removeValue(forKey: stream)?.finish()
  }
}

extension WireField {
  /// Whether a field is specific to an HTTP/1 connection (RFC 9113 §8.2.2).
  fileprivate var isConnectionSpecific: Bool {
    ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"]
      .contains(name.lowercased())
  }

  fileprivate var hasUppercase: Bool { name.contains(where: \.isUppercase) }
}
