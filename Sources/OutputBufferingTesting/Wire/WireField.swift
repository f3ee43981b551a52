/// A field line as sent on the wire.
struct WireField: Hashable, Sendable {
  var name: String
  var value: [UInt8]

  init(_ name: String, _ value: [UInt8]) {
    self.name = name
    self.value = value
  }

  init(_ name: String, _ value: String) {
    self.init(name, Array(value.utf8))
  }

  var text: String { String(decoding: value, as: UTF8.self) }
}

/// The head of a message as sent on the wire.
struct WireHead: Sendable {
  var version = ""
  var status = 0
  var fields: [WireField] = []

  /// Returns the lines of a field, in order.
  func lines(_ name: String) -> [String] {
    fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.text)
  }

  /// The joined lines of a field; nil if there are none.
  subscript(name: String) -> String? {
    let lines = lines(name)
    return lines.isEmpty ? nil : lines.joined(separator: ", ")
  }

  /// Returns the members of a field whose value is a list, in lowercase.
  func members(_ name: String) -> [String] {
    (self[name] ?? "").split(separator: ",").map { $0.trimmed.lowercased() }
  }
}

extension StringProtocol {
  var trimmed: String {
    let start = drop { $0 == " " || $0 == "\t" }
    guard let end = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
    return String(start[...end])
  }
}
