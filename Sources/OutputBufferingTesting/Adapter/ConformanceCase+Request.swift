import Foundation

extension ConformanceCase {
  /// The request that a case sends.
  struct Request: Sendable {
    /// Where the request carries the script.
    enum ScriptPlace: String, Decodable {
      case field, body, none
    }

    var method = "GET"
    var target = "/"
    var version = "1.1"
    var fields = [WireField("Accept-Encoding", "gzip")]
    var scriptPlace = ScriptPlace.field
    /// Whether the HTTP/2 stream keeps its initial window.
    var withholdsWindow = false
    /// Raw bytes that replace the whole request; `{script}` in them stands for the value of
    /// `X-Script`.
    var raw: String?

    func wireRequest(script: JSONValue) throws -> WireRequest {
      var request = WireRequest(method: method, target: target, version: version, fields: fields)
      let encoder = JSONEncoder()
      encoder.outputFormatting = .withoutEscapingSlashes
      let json = try encoder.encode(script)
      let base64 = json.base64EncodedString()
        .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
      switch scriptPlace {
      case .field: request.fields.append(WireField("X-Script", base64))
      case .body:
        request.fields.append(WireField("Content-Type", "application/json"))
        request.body = Array(json)
      case .none: break
      }
      request.withholdsWindow = withholdsWindow
      request.raw = raw.map { Array($0.replacing("{script}", with: base64).utf8) }
      return request
    }
  }
}

extension ConformanceCase.Request: Decodable {
  private enum Key: String, CodingKey {
    case method, target, version, fields, script, raw, withholdsWindow
  }

  init(from decoder: any Decoder) throws {
    let record = try decoder.container(keyedBy: Key.self)
    method = try record.decodeIfPresent(String.self, forKey: .method) ?? method
    target = try record.decodeIfPresent(String.self, forKey: .target) ?? target
    version = try record.decodeIfPresent(String.self, forKey: .version) ?? version
    scriptPlace = try record.decodeIfPresent(ScriptPlace.self, forKey: .script) ?? .field
    raw = try record.decodeIfPresent(String.self, forKey: .raw)
    withholdsWindow =
      try record.decodeIfPresent(Bool.self, forKey: .withholdsWindow) ?? withholdsWindow
    let lines = try record.decodeIfPresent([[JSONValue]].self, forKey: .fields)
    fields = lines?.flatMap(Self.fields) ?? fields
  }

  /// Returns one field, or as many as the third member says, numbered by `{n}` in the name.
  private static func fields(_ line: [JSONValue]) -> [WireField] {
    let (name, value) = (line[0].string ?? "", value(line[1]))
    guard line.count > 2 else { return [WireField(name, value)] }
    return (0..<(line[2].int ?? 0)).map { WireField(name.replacing("{n}", with: "\($0)"), value) }
  }

  /// Decodes text, bytes that JSON can't represent, or repeated text.
  private static func value(_ json: JSONValue) -> [UInt8] {
    if let text = json.string { return Array(text.utf8) }
    return ScriptContent.bytes(of: json)
  }
}
