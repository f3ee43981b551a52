extension ConformanceCase {
  /// An action of the client while it receives a response; `within` is the maximum time, in
  /// milliseconds since the previous step.
  enum Step: Sendable {
    case untilHead(within: Int?)
    case untilInterim(count: Int, within: Int?)
    case untilText(String, within: Int?)
    case untilEnd(within: Int?)
    case untilClosed(within: Int?)
    /// Waits until the handler has recorded a mark.
    case untilMarked(String, within: Int?)
    case signal(String)
    /// Requests a graceful shutdown, like SIGTERM; no other case uses this server.
    case shutDown
    /// Waits until the server's process has ended.
    case untilGone(within: Int?)
    /// Reads nothing for this time.
    case pause(milliseconds: Int)
    /// Reads at most 64 KiB every `every` milliseconds, for this time.
    case sip(milliseconds: Int, every: Int)
    /// Reads for this time; no bytes may arrive.
    case silence(milliseconds: Int)
    /// Checks that the handler hasn't recorded these marks yet.
    case unmarked([String])
    /// Checks that the message isn't complete yet.
    case incomplete
    case leave(WireLeave)
  }
}

extension ConformanceCase.Step: Decodable {
  private enum Key: String, CodingKey {
    case head, interim, text, end, closed, marked, signal, pause, silence, unmarked, incomplete
    case leave, within, sip, every, shutdown, gone
  }

  init(from decoder: any Decoder) throws {
    let record = try decoder.container(keyedBy: Key.self)
    let within = try record.decodeIfPresent(Int.self, forKey: .within)
    if record.contains(.head) {
      self = .untilHead(within: within)
    } else if let count = try record.decodeIfPresent(Int.self, forKey: .interim) {
      self = .untilInterim(count: count, within: within)
    } else if let text = try record.decodeIfPresent(String.self, forKey: .text) {
      self = .untilText(text, within: within)
    } else if record.contains(.end) {
      self = .untilEnd(within: within)
    } else if record.contains(.closed) {
      self = .untilClosed(within: within)
    } else if let mark = try record.decodeIfPresent(String.self, forKey: .marked) {
      self = .untilMarked(mark, within: within)
    } else if let key = try record.decodeIfPresent(String.self, forKey: .signal) {
      self = .signal(key)
    } else if record.contains(.shutdown) {
      self = .shutDown
    } else if record.contains(.gone) {
      self = .untilGone(within: within)
    } else if let duration = try record.decodeIfPresent(Int.self, forKey: .pause) {
      self = .pause(milliseconds: duration)
    } else if let duration = try record.decodeIfPresent(Int.self, forKey: .sip) {
      let pause = try record.decode(Int.self, forKey: .every)
      self = .sip(milliseconds: duration, every: pause)
    } else if let duration = try record.decodeIfPresent(Int.self, forKey: .silence) {
      self = .silence(milliseconds: duration)
    } else if let marks = try record.decodeIfPresent([String].self, forKey: .unmarked) {
      self = .unmarked(marks)
    } else if record.contains(.incomplete) {
      self = .incomplete
    } else {
      self = .leave(try record.decode(WireLeave.self, forKey: .leave))
    }
  }
}
