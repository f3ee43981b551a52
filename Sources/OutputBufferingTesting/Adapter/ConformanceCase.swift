import Foundation

/// One black-box case: requests, what the scripted application does, and the expected responses.
///
/// The cases are data, in the JSON lines files of this target; their README documents the keys.
public struct ConformanceCase: Sendable {
  /// The number of the case, such as `5A-04`.
  public var id: String
  /// What the case tests, in a few words.
  public var title: String
  /// The rule that it tests, with its section.
  public var why: String
  /// Options that the scripted server needs beyond `--adapter` and `--port`.
  public var options: [String]
  /// Why an adapter or a protocol can't express the case, by its name.
  public var cannot: [String: String]

  /// The additional codings, beside gzip, for which the case is repeated.
  var codings: [String]
  var order: Order
  /// How often the exchanges are repeated, each time on a separate connection.
  var times: Int
  var exchanges: [Exchange]
  /// The values of `/stats` that must be reached after the case.
  var stats: [String: Int]
  /// Whether to request one more response on a persistent connection.
  var probes: Bool

  /// The order in which the requests of a case are sent.
  enum Order: String, Decodable {
    /// Each after the previous response is complete.
    case sequential
    /// All in one write on one connection, answered in order; on HTTP/2 as concurrent streams.
    case together
  }

  struct Exchange: Sendable {
    var request: Request
    var script: JSONValue
    var expect: Expectation
    var steps: [Step]
  }

  /// Returns the reason in ``cannot`` that applies to an adapter over a protocol, the most specific
  /// first.
  func reasonNotToRun(on adapter: String, over wireProtocol: WireProtocol) -> String? {
    ([adapter] + wireProtocol.names).lazy.compactMap { cannot[$0] }.first
  }
}

extension ConformanceCase: CustomStringConvertible {
  /// The number and the title.
  public var description: String { "\(id) \(title)" }
}

extension ConformanceCase: Decodable {
  private enum Key: String, CodingKey {
    case id, title, why, options, cannot, codings, order, times, exchanges, stats, probes
  }

  /// Decodes a case from a line of JSON.
  ///
  /// - Parameter decoder: The decoder for the line.
  /// - Throws: Any error from the decoder.
  public init(from decoder: any Decoder) throws {
    let record = try decoder.container(keyedBy: Key.self)
    id = try record.decode(String.self, forKey: .id)
    title = try record.decode(String.self, forKey: .title)
    why = try record.decode(String.self, forKey: .why)
    options = try record.decodeIfPresent([String].self, forKey: .options) ?? []
    cannot = try record.decodeIfPresent([String: String].self, forKey: .cannot) ?? [:]
    codings = try record.decodeIfPresent([String].self, forKey: .codings) ?? []
    order = try record.decodeIfPresent(Order.self, forKey: .order) ?? .sequential
    times = try record.decodeIfPresent(Int.self, forKey: .times) ?? 1
    stats = try record.decodeIfPresent([String: Int].self, forKey: .stats) ?? [:]
    probes = try record.decodeIfPresent(Bool.self, forKey: .probes) ?? true
    exchanges = try record.decodeIfPresent([Exchange].self, forKey: .exchanges) ?? []
    if exchanges.isEmpty { exchanges = [try Exchange(from: decoder)] }
  }
}

extension ConformanceCase.Exchange: Decodable {
  private enum Key: String, CodingKey {
    case request, script, expect, steps
  }

  /// The default response of a case: 6,200 compressible bytes.
  private static let big: JSONValue = .object([
    "headers": .array([.array([.string("Content-Type"), .string("text/html; charset=utf-8")])]),
    "ops": .array([.object(["op": .string("write"), "html": .number(6200)])]),
  ])

  init(from decoder: any Decoder) throws {
    let record = try decoder.container(keyedBy: Key.self)
    request = try record.decodeIfPresent(ConformanceCase.Request.self, forKey: .request) ?? .init()
    script = try record.decodeIfPresent(JSONValue.self, forKey: .script) ?? Self.big
    expect =
      try record.decodeIfPresent(ConformanceCase.Expectation.self, forKey: .expect) ?? .init()
    steps = try record.decodeIfPresent([ConformanceCase.Step].self, forKey: .steps) ?? []
  }
}

extension ConformanceCase {
  /// Returns all cases, in the order of their files.
  ///
  /// - Returns: The cases.
  /// - Throws: An error if a file can't be read or a line isn't a case.
  public static func all() throws -> [ConformanceCase] {
    let folder = Bundle.module.bundleURL.appending(path: "Cases")
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    return try files.filter { $0.pathExtension == "jsonl" }
      .sorted { $0.lastPathComponent < $1.lastPathComponent }
      .flatMap(read)
  }

  /// Whether one of its steps shuts the server down.
  var endsServer: Bool {
    exchanges.contains { exchange in
      exchange.steps.contains { if case .shutDown = $0 { true } else { false } }
    }
  }

  private static func read(_ file: URL) throws -> [ConformanceCase] {
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    return try lines.enumerated().flatMap { number, line in
      do {
        return try variants(of: line)
      } catch {
        throw WireFailure(description: "\(file.lastPathComponent):\(number + 1): \(error)")
      }
    }
  }
}
