extension ConformanceCase {
  /// The expected response.
  struct Expectation: Sendable {
    enum Coding: String, Decodable {
      case gzip, deflate, br, zstd, identity, any
    }

    enum Framing: String, Decodable {
      /// An exact `Content-Length`.
      case length
      /// An unknown length: chunks, or `END_STREAM`.
      case stream
      /// The end of the connection.
      case close
      /// No content.
      case none
    }

    var status: [Int] = [200]
    var coding: Coding?
    /// The expected decoded content; nil for what the script writes.
    var body: [UInt8]?
    var anyBody = false
    var fields: [String: Field] = [:]
    var framing: Framing?
    /// The time limits in milliseconds, from the request to the head, to the end of the message and
    /// to the end of the connection.
    var headMs: Int?
    var completeMs: Int?
    var closedMs: Int?
    /// Whether the message must not end as if it were complete.
    var broken = false
    /// Whether the server must close the connection after the message; nil for either.
    var closes: Bool?
    var interim: [Interim]?
    var trailers: [String: String]?
    /// Whether the content must be smaller than its decoded form.
    var smaller: Bool?
    var record: Record?
    /// The number of the response in the case whose length `Content-Length` must have, if present.
    var lengthAs: Int?

    struct Interim: Decodable {
      var status: Int
      var fields: [String: Field]?
    }
  }

  /// What must be true of a field.
  enum Field: Sendable {
    case absent
    case present
    /// The joined lines equal this value.
    case equal(String)
    /// The lines equal these values.
    case lines([String])
    /// The list has the member exactly once.
    case member(String)
    /// The list doesn't have the member.
    case noMember(String)
    /// The value is one of these; nil stands for absence.
    case oneOf([String?])
  }

  /// What the record of the request must contain.
  struct Record: Sendable, Decodable {
    /// The error code by the index of the operation; any other operation must succeed.
    var outcomes: [String: String]?
    var marks: [String]?
    /// The marks, in chronological order.
    var order: [String]?
    var absent: [String]?
    var status: String?
    var statusAt: [String: String]?
    var cancelledAt: [String: Bool]?
    var reason: String?
    var coding: String?
    var bytesDiscarded: Int?
    var minimumBytesDiscarded: Int?
    var ended: Bool?
  }
}

extension ConformanceCase.Expectation: Decodable {
  private enum Key: String, CodingKey {
    case status, coding, body, fields, framing, headMs, completeMs, closedMs, broken, closes
    case interim, trailers, smaller, record, lengthAs
  }

  init(from decoder: any Decoder) throws {
    let record = try decoder.container(keyedBy: Key.self)
    if let statuses = try? record.decodeIfPresent([Int].self, forKey: .status) {
      status = statuses
    } else if let one = try record.decodeIfPresent(Int.self, forKey: .status) {
      status = [one]
    }
    coding = try record.decodeIfPresent(Coding.self, forKey: .coding)
    let body = try record.decodeIfPresent(JSONValue.self, forKey: .body)
    anyBody = body?.string == "any"
    if !anyBody {
      self.body =
        body?.string.map { Array($0.utf8) } ?? body?.array?.flatMap(ScriptContent.bytes)
    }
    fields =
      try record.decodeIfPresent([String: ConformanceCase.Field].self, forKey: .fields) ?? [:]
    framing = try record.decodeIfPresent(Framing.self, forKey: .framing)
    headMs = try record.decodeIfPresent(Int.self, forKey: .headMs)
    completeMs = try record.decodeIfPresent(Int.self, forKey: .completeMs)
    closedMs = try record.decodeIfPresent(Int.self, forKey: .closedMs)
    broken = try record.decodeIfPresent(Bool.self, forKey: .broken) ?? false
    closes = try record.decodeIfPresent(Bool.self, forKey: .closes)
    interim = try record.decodeIfPresent([Interim].self, forKey: .interim)
    trailers = try record.decodeIfPresent([String: String].self, forKey: .trailers)
    smaller = try record.decodeIfPresent(Bool.self, forKey: .smaller)
    lengthAs = try record.decodeIfPresent(Int.self, forKey: .lengthAs)
    self.record = try record.decodeIfPresent(ConformanceCase.Record.self, forKey: .record)
  }
}

extension ConformanceCase.Field: Decodable {
  init(from decoder: any Decoder) throws {
    let json = try JSONValue(from: decoder)
    if let text = json.string {
      self = .equal(text)
    } else if let lines = json["lines"]?.array {
      self = .lines(lines.compactMap(\.string))
    } else if let member = json["member"]?.string {
      self = .member(member)
    } else if let member = json["noMember"]?.string {
      self = .noMember(member)
    } else if let values = json["oneOf"]?.array {
      self = .oneOf(values.map(\.string))
    } else if json["present"]?.bool == true {
      self = .present
    } else {
      self = .absent
    }
  }
}
