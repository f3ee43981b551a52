extension ConformanceCase {
  /// What has to come back.
  struct Expectation: Sendable {
    enum Coding: String, Decodable {
      case gzip, deflate, br, zstd, identity, any
    }

    enum Framing: String, Decodable {
      /// An exact `Content-Length`.
      case length
      /// A length that isn't known: chunks, or `END_STREAM`.
      case stream
      /// The end of the connection.
      case close
      /// No content.
      case none
    }

    var status: [Int] = [200]
    var coding: Coding?
    /// What the content decodes to; nil for what the script writes.
    var body: [UInt8]?
    var anyBody = false
    var fields: [String: Field] = [:]
    var framing: Framing?
    /// Milliseconds from the request to the head, to the end of the message, to the end of the
    /// connection.
    var headMs: Int?
    var completeMs: Int?
    var closedMs: Int?
    /// The message never ends as if it were whole.
    var broken = false
    /// The server closes the connection after the message, or doesn't.
    var closes: Bool?
    var interim: [Interim]?
    var trailers: [String: String]?
    /// The content is smaller than what it decodes to.
    var smaller: Bool?
    var record: Record?
    /// `Content-Length` is absent, or that of the response with this number in the case.
    var lengthAs: Int?

    struct Interim: Decodable {
      var status: Int
      var fields: [String: Field]?
    }
  }

  /// What has to be true of a field.
  enum Field: Sendable {
    case absent
    case present
    /// All lines as one are equal to it.
    case equal(String)
    /// The lines are these.
    case lines([String])
    /// A list has the member, once.
    case member(String)
    /// A list hasn't the member.
    case noMember(String)
    /// One of them; nil stands for absence.
    case oneOf([String?])
  }

  /// What has to be in the record of the request.
  struct Record: Sendable, Decodable {
    /// The code of the error by the index of the operation; an operation that isn't named succeeded.
    var outcomes: [String: String]?
    var marks: [String]?
    /// Marks in this order of time.
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
