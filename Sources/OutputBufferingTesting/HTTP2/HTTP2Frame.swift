/// An HTTP/2 frame (RFC 9113 §4.1).
struct HTTP2Frame {
  enum Kind: UInt8 {
    case data = 0
    case headers, priority, resetStream, settings, pushPromise, ping, goAway, windowUpdate
    case continuation
  }

  struct Flags: OptionSet {
    var rawValue: UInt8
    static let endStream = Self(rawValue: 0x01)
    static let acknowledge = Self(rawValue: 0x01)
    static let endHeaders = Self(rawValue: 0x04)
    static let padded = Self(rawValue: 0x08)
    static let priority = Self(rawValue: 0x20)
  }

  /// The frame's kind; nil for an unknown one, which is ignored (§5.5).
  var kind: Kind?
  var flags: Flags
  var stream: UInt32
  var payload: [UInt8]

  init(_ kind: Kind, _ flags: Flags = [], stream: UInt32 = 0, payload: [UInt8] = []) {
    self.kind = kind
    self.flags = flags
    self.stream = stream
    self.payload = payload
  }

  /// Removes a whole frame from the front of the bytes; nil if more bytes are needed.
  init?(from bytes: inout ArraySlice<UInt8>) {
    let start = bytes.startIndex
    guard bytes.count >= 9 else { return nil }
    let count = Int(bytes[start]) << 16 | Int(bytes[start + 1]) << 8 | Int(bytes[start + 2])
    guard bytes.count >= 9 + count else { return nil }
    kind = Kind(rawValue: bytes[start + 3])
    flags = Flags(rawValue: bytes[start + 4])
    stream = UInt32(bigEndian: bytes[(start + 5)..<(start + 9)]) & 0x7FFF_FFFF
    payload = Array(bytes[(start + 9)..<(start + 9 + count)])
    bytes = bytes[(start + 9 + count)...]
  }

  var bytes: [UInt8] {
    let count = payload.count
    return [UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255)]
      + [kind?.rawValue ?? 255, flags.rawValue] + stream.bigEndianBytes + payload
  }

  /// The payload of DATA and HEADERS without padding and priority (§6.1, §6.2).
  var content: ArraySlice<UInt8> {
    var part = payload[...]
    if flags.contains(.padded), let padding = part.popFirst() { part = part.dropLast(Int(padding)) }
    if kind == .headers, flags.contains(.priority) { part = part.dropFirst(5) }
    return part
  }
}

extension UInt32 {
  var bigEndianBytes: [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: self >> $0) }
  }

  init(bigEndian bytes: some Sequence<UInt8>) {
    self = bytes.reduce(0) { $0 << 8 | UInt32($1) }
  }
}
