import Foundation
import Testing

/// A documentation page, by its path from the package's root.
struct MarkdownPage: CustomTestStringConvertible, Sendable {
  let path: String
  let content: String

  var testDescription: String { path }

  /// The pages in the root folder, in `docs`, and in the modules' catalogs.
  static func all() throws -> [MarkdownPage] {
    let pages = try Package.files(in: "docs", ending: ".md")
    let catalogs = try Package.files(in: "Sources", ending: ".md")
      .filter { $0.contains("/Documentation.docc/") }
    return try (["README.md", "CONTRIBUTING.md"] + pages + catalogs).map { path in
      MarkdownPage(path: path, content: try Package.content(of: path))
    }
  }

  /// The documentation comments of each source file that contain code.
  static func comments() throws -> [MarkdownPage] {
    try Package.files(in: "Sources", ending: ".swift")
      .map { MarkdownPage(path: $0, content: comments(in: try Package.content(of: $0))) }
      .filter { !$0.swiftBlocks.isEmpty || !$0.indentedCode.isEmpty }
  }

  /// The text of the documentation comments; every other line is empty.
  static func comments(in source: String) -> String {
    source.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let line = line.drop { $0 == " " }
      guard line.hasPrefix("///") else { return "" }
      let text = line.dropFirst(3)
      return String(text.hasPrefix(" ") ? text.dropFirst() : text)
    }.joined(separator: "\n")
  }

  /// The lines of each Swift code block.
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

  /// Lines that are code because of their indentation: four spaces after an empty line.
  var indentedCode: [Substring] {
    let lines = content.split(separator: "\n", omittingEmptySubsequences: false)
    return zip(lines, lines.dropFirst()).filter { $0.isEmpty && $1.hasPrefix("    ") }.map(\.1)
  }

  /// The targets of links to files, without fragments.
  var linkedPaths: [String] {
    content.matches(of: /\]\(([^)#:\s]+)(?:#[^)]*)?\)/).map { String($0.output.1) }
  }
}
