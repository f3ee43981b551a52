import Foundation

/// Files of the package under test.
enum Package {
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func path(_ path: String) -> String { root.appending(path: path).path() }

  /// The Swift files that are compiled as examples.
  static func examples() throws -> [SourceLines] {
    try ["Snippets", "docs/Examples"].flatMap { folder in
      let names = FileManager.default.enumerator(atPath: path(folder))?.allObjects ?? []
      return try names.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }.map { name in
        SourceLines(try String(contentsOfFile: path("\(folder)/\(name)"), encoding: .utf8))
      }
    }
  }
}
