/// A field line as sent on the wire.
package struct WireField: Hashable, Sendable {
  package var name: String
  package var value: [UInt8]

  init(_ name: String, _ value: [UInt8]) {
    self.name = name
    self.value = value
  }

  init(_ name: String, _ value: String) {
    self.init(name, Array(value.utf8))
  }

  package var text: String { String(decoding: value, as: UTF8.self) }
}

/// The head of a message as sent on the wire.
package struct WireHead: Sendable {
  package var version = ""
  package var status = 0
  package var fields: [WireField] = []

  /// Returns the lines of a field, in order.
  package func lines(_ name: String) -> [String] {
    fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.text)
  }

  /// The joined lines of a field; nil if there are none.
  package subscript(name: String) -> String? {
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
