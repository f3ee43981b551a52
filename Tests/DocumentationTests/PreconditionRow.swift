import Foundation

/// A row of a table whose last column names tests, such as that of preconditions or of guarantees.
struct PreconditionRow {
  let text: String
  /// The names in the last column, each with the word before it.
  var tests: [String] {
    let column = text.split(separator: "|", omittingEmptySubsequences: true).last ?? ""
    return column.matches(of: /(case |attack )?`([^`]+)`/).map {
      "\($0.output.1 ?? "")\($0.output.2)"
    }
  }
}

extension MarkdownPage {
  /// The rows of the tables of preconditions, without headers.
  static func preconditions() throws -> [PreconditionRow] {
    try Package.content(of: "docs/preconditions.md").split(separator: "\n")
      .filter { $0.hasPrefix("| ") && !$0.hasPrefix("| precondition ") }
      .map { PreconditionRow(text: String($0)) }
  }

  /// The rows of the table of guarantees after a response, without the header.
  static func guarantees() throws -> [PreconditionRow] {
    try Package.content(of: "docs/early-finish.md").split(separator: "\n")
      .drop { !$0.hasSuffix("| test |") }.dropFirst(2)
      .prefix { $0.hasPrefix("| ") }
      .map { PreconditionRow(text: String($0)) }
  }
}

/// The names of all tests: functions, `attack` with the name, `case` with the number.
struct TestNames {
  private let names: Set<String>

  init() throws {
    func found(_ folder: String, _ suffix: String, _ name: Regex<(Substring, Substring)>) throws
      -> [String]
    {
      try Package.files(in: folder, ending: suffix).flatMap { path in
        try Package.content(of: path).matches(of: name).map { String($0.output.1) }
      }
    }
    let functions = try found("Tests", ".swift", /func `([^`]+)`/)
    let attacks = try found("Tests/Interoperability/hostile", ".py", /@attack\("([^"]+)"/)
    let cases = try found("Sources/OutputBufferingTesting/Cases", ".jsonl", /"id":"([^"]+)"/)
    names = Set(functions + attacks.map { "attack \($0)" } + cases.map { "case \($0)" })
  }

  func contain(_ name: String) -> Bool { names.contains(name) }
}
