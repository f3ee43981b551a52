import Foundation
import Testing

/// A page of the documentation, by its path from the package's root.
struct MarkdownPage: CustomTestStringConvertible, Sendable {
  let path: String
  let content: String

  var testDescription: String { path }

  /// The README and every page in `docs`, without the examples below it.
  static func all() throws -> [MarkdownPage] {
    let documents = try FileManager.default.contentsOfDirectory(atPath: Package.path("docs"))
    let paths = documents.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
    return try (["README.md"] + paths).map { path in
      MarkdownPage(
        path: path, content: try String(contentsOfFile: Package.path(path), encoding: .utf8))
    }
  }

  /// The lines of each code block that says it is Swift.
  var swiftBlocks: [SourceLines] {
    var blocks: [SourceLines] = []
    var block: [Substring]?
    for line in content.split(separator: "\n", omittingEmptySubsequences: false) {
      if let lines = block {
        block = line == "```" ? nil : lines + [line]
        if line == "```" { blocks.append(SourceLines(lines)) }
      } else if line == "```swift" {
        block = []
      }
    }
    return blocks
  }

  /// The targets of links to files, without fragments.
  var linkedPaths: [String] {
    content.matches(of: /\]\(([^)#:\s]+)(?:#[^)]*)?\)/).map { String($0.output.1) }
  }
}
