import Foundation
import Testing

@testable import OutputReplay

@Suite struct PHPReplayTests {
  @Test(arguments: ["phpt", "surprises", "random"])
  func `a recorded script does what it did in PHP`(fixture: String) throws {
    let scripts = try lines(of: fixture)
    let recordings = try lines(of: "\(fixture).expected")
    #expect(scripts.count == recordings.count && !scripts.isEmpty)
    for (script, recording) in zip(scripts, recordings) {
      let script = try JSONDecoder().decode(Script.self, from: script)
      let result = try JSONEncoder().encode(Interpreter.run(script))
      let actual = try JSONDecoder().decode(RunRecord.self, from: result)
      let expected = try JSONDecoder().decode(RunRecord.self, from: recording)
      #expect(actual == expected)
    }
  }

  private func lines(of fixture: String) throws -> [Data] {
    let url = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/\(fixture).jsonl")
    return try Data(contentsOf: url).split(separator: UInt8(ascii: "\n"))
  }
}

/// The binding part of a result.
private struct RunRecord: Decodable, Equatable {
  struct Notice: Decodable, Equatable {
    var at: String
    var kind: String
    var handler: String?
    var level: Int?
  }

  var name: String
  var returns: [JSONValue]
  var output: JSONValue
  var writes: [JSONValue]
  var handlerCalls: [JSONValue]
  var notices: [Notice]
  var lateReturns: [String: JSONValue]?
}

/// Any JSON, without the members that are specific to PHP.
private enum JSONValue: Decodable, Equatable {
  case null
  case bool(Bool)
  case int(Int)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  private static let ownAffairs: Set = ["phpFlags", "phpBufferSize"]

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int.self) {
      self = .int(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      let members = try container.decode([String: JSONValue].self)
      self = .object(members.filter { !Self.ownAffairs.contains($0.key) })
    }
  }
}
