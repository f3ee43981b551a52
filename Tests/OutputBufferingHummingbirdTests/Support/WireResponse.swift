#if Hummingbird
  import OutputBufferingTesting

  /// A response as sent, parsed strictly according to RFC 9112 §6.
  struct WireResponse: Sendable {
    struct Malformed: Error, CustomStringConvertible {
      var description: String
    }

    struct Head: Sendable {
      var version = ""
      var status = 0
      var fields: [(name: String, value: String)] = []

      subscript(name: String) -> String? {
        let values = all(name)
        return values.isEmpty ? nil : values.joined(separator: ", ")
      }

      func all(_ name: String) -> [String] {
        fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
      }
    }

    enum Framing: Sendable, Equatable {
      case none, length(Int), chunked, close
    }

    private enum Step {
      case head, content(Int), untilClose, chunkSize, chunk(Int), chunkEnd, trailers, ended
    }

    /// Only one copy of a response is read further.
    private struct Inflater: @unchecked Sendable {
      let decoder: InflateDecoder
    }

    let method: String
    private var step = Step.head
    private var unparsed: ArraySlice<UInt8> = []
    private var inflater: Inflater?

    var interim: [Head] = []
    var head = Head()
    var framing: Framing?
    /// The content as sent.
    var content: [UInt8] = []
    /// The content without its coding, as far as it can be decoded.
    var plain: [UInt8] = []
    var trailers: [(name: String, value: String)] = []
    var chunkCount = 0
    /// Whether the message is complete.
    var isComplete = false
    /// Whether the message ended early, and whether by a reset.
    var isBroken = false
    var isReset = false
    /// Whether the coded content has reached its own end, including its checksum.
    var isDecoded: Bool { inflater.map { $0.decoder.isAtEnd } ?? isComplete }
    var firstByteAt: ContinuousClock.Instant?
    var completeAt: ContinuousClock.Instant?

    init(method: String) { self.method = method }

    var hasEnded: Bool { isComplete || isBroken }
    var hasHead: Bool { framing != nil }
    var status: Int { head.status }
    var text: String { String(decoding: plain, as: UTF8.self) }
    subscript(name: String) -> String? { head[name] }

    /// Parses bytes and returns those after the end of the message.
    mutating func feed(_ bytes: [UInt8]) throws -> ArraySlice<UInt8> {
      firstByteAt = firstByteAt ?? .now
      unparsed += bytes
      while try advance() {}
      guard isComplete else { return [] }
      defer { unparsed = [] }
      return unparsed
    }

    mutating func connectionEnded(isReset: Bool) throws {
      self.isReset = isReset
      if case .untilClose = step, !isReset { return try complete() }
      isBroken = true
    }

    /// Parses the next part; false if more bytes are needed.
    private mutating func advance() throws -> Bool {
      switch step {
      case .head:
        guard let lines = section() else { return false }
        try parseHead(lines)
      case .content(let count):
        let part = unparsed.prefix(count)
        if part.isEmpty && count > 0 { return false }
        try take(part.count)
        step = .content(count - part.count)
        if part.count == count { try complete() }
      case .untilClose:
        if unparsed.isEmpty { return false }
        try take(unparsed.count)
      case .chunkSize:
        guard let line = line() else { return false }
        guard let size = Int(line, radix: 16) else { throw Malformed(description: "chunk \(line)") }
        chunkCount += size > 0 ? 1 : 0
        step = size > 0 ? .chunk(size) : .trailers
      case .chunk(let count):
        let part = unparsed.prefix(count)
        if part.isEmpty { return false }
        try take(part.count)
        step = part.count == count ? .chunkEnd : .chunk(count - part.count)
      case .chunkEnd:
        guard let line = line() else { return false }
        guard line.isEmpty else { throw Malformed(description: "chunk longer than said") }
        step = .chunkSize
      case .trailers:
        guard let line = line() else { return false }
        if line.isEmpty { try complete() } else { trailers.append(try field(line)) }
      case .ended:
        return false
      }
      return true
    }

    private mutating func complete() throws {
      step = .ended
      isComplete = true
      completeAt = .now
      if let inflater, method != "HEAD", !inflater.decoder.isAtEnd {
        throw Malformed(description: "the message is whole, its coding isn't")
      }
    }

    private mutating func take(_ count: Int) throws {
      let part = unparsed.prefix(count)
      unparsed.removeFirst(count)
      content += part
      plain +=
        try inflater.map { Array(try $0.decoder.decode(ContiguousArray(part))) } ?? Array(part)
    }

    private mutating func line() -> String? {
      guard let end = unparsed.firstIndex(of: 10) else { return nil }
      let line = unparsed[unparsed.startIndex..<end]
      unparsed = unparsed[(end + 1)...]
      return String(decoding: line.last == 13 ? line.dropLast() : line, as: UTF8.self)
    }

    private mutating func section() -> [String]? {
      let saved = unparsed
      var lines: [String] = []
      while let line = line() {
        if line.isEmpty { return lines }
        lines.append(line)
      }
      unparsed = saved
      return nil
    }

    private func field(_ line: String) throws -> (name: String, value: String) {
      let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { throw Malformed(description: "field \(line)") }
      return (String(parts[0]), String(parts[1].drop { $0 == " " }))
    }

    private mutating func parseHead(_ lines: [String]) throws {
      let words = (lines.first ?? "").split(separator: " ", maxSplits: 2)
      guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
        throw Malformed(description: "status line \(lines.first ?? "")")
      }
      let head = Head(
        version: String(words[0]), status: status, fields: try lines.dropFirst().map(field))
      if (100..<200).contains(status) && status != 101 {
        return interim.append(head)
      }
      self.head = head
      try parseFraming()
    }

    private mutating func parseFraming() throws {
      let lengths = head.all("content-length")
      let codings = head.all("transfer-encoding")
      // RFC 9112 §6.2: never both.
      guard lengths.isEmpty || codings.isEmpty else {
        throw Malformed(description: "both Content-Length and Transfer-Encoding")
      }
      guard lengths.count <= 1, codings.allSatisfy({ $0 == "chunked" }) else {
        throw Malformed(description: "framing fields \(lengths) \(codings)")
      }
      switch head["content-encoding"] {
      case "gzip": inflater = Inflater(decoder: InflateDecoder(.gzip))
      case "deflate": inflater = Inflater(decoder: InflateDecoder(.zlib))
      default: break
      }
      if method == "HEAD" || head.status == 204 || head.status == 304 {
        framing = Framing.none
        try complete()
      } else if !codings.isEmpty {
        framing = .chunked
        step = .chunkSize
      } else if let length = lengths.first {
        guard let count = Int(length) else { throw Malformed(description: "length \(length)") }
        framing = .length(count)
        step = .content(count)
      } else {
        framing = .close
        step = .untilClose
      }
    }
  }
#endif
