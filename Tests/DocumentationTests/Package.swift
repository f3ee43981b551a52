import Foundation

/// Files of the package under test.
enum Package {
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func path(_ path: String) -> String { root.appending(path: path).path() }

  static func content(of path: String) throws -> String {
    try String(contentsOfFile: Package.path(path), encoding: .utf8)
  }

  /// The paths of the files in a folder and its subfolders.
  static func files(in folder: String, ending suffix: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: path(folder))
      .filter { $0.hasSuffix(suffix) }.sorted().map { "\(folder)/\($0)" }
  }

  /// The Swift files that are compiled as examples.
  static func examples() throws -> [SourceLines] {
    try ["Snippets", "docs/Examples"].flatMap { try files(in: $0, ending: ".swift") }
      .map { SourceLines(try content(of: $0)) }
  }
}
