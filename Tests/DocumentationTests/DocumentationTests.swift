import Foundation
import Testing

@Suite struct DocumentationTests {
  @Test(arguments: try MarkdownPage.all() + MarkdownPage.comments())
  func `every block of Swift code stands in an example that is compiled`(page: MarkdownPage) throws
  {
    let examples = try Package.examples()
    try #require(!examples.isEmpty)
    for block in page.swiftBlocks {
      let isCompiled = examples.contains { $0.contain(block) }
      #expect(isCompiled, "\(page.path): \(block.lines.joined(separator: "\n"))")
    }
  }

  @Test func `code is found in the README, in the modules' pages and in comments`() throws {
    let pages = try MarkdownPage.all().filter { !$0.swiftBlocks.isEmpty }
    #expect(pages.contains { $0.path == "README.md" })
    #expect(pages.contains { $0.path.hasPrefix("Sources/OutputBuffering/") })
    #expect(!(try MarkdownPage.comments()).isEmpty)
    let comment = MarkdownPage.comments(
      in: "  /// Text.\n  ///\n  /// ```swift\n  /// a()\n  /// ```")
    #expect(comment == "Text.\n\n```swift\na()\n```")
  }

  @Test(arguments: try MarkdownPage.comments())
  func `code in a comment is fenced`(page: MarkdownPage) {
    #expect(page.indentedCode.isEmpty, "\(page.path)")
  }

  @Test func `the operator's page names every metric, and no other`() throws {
    let label = /"(output_buffering_[a-z_]+)"/
    let sources = try Package.files(in: "Sources", ending: ".swift")
      .map { try Package.content(of: $0) }
    let labels = sources.flatMap { $0.matches(of: label).map { String($0.output.1) } }
    let page = try Package.content(of: "docs/operations.md")
    let documented = page.matches(of: /`(output_buffering_[a-z_]+)`/).map { String($0.output.1) }
    #expect(!labels.isEmpty)
    #expect(Set(labels) == Set(documented))
  }

  @Test func `the page of the configuration names every key, and no other`() throws {
    let sources = try Package.files(in: "Sources", ending: "+Configuration.swift")
      .map { try Package.content(of: $0) }
    let keys = sources.flatMap { source in
      source.matches(of: /values\.\w+\(\s*"([\w.]+)"/).map { String($0.output.1) }
        + source.matches(of: /"([\w.]+)": \\\./).map { String($0.output.1) }
        + source.matches(of: /\["(\w+)", "(\w+)"\]/).map { "\($0.output.1).\($0.output.2)" }
    }
    let deflate = ["level", "engine", "idleEncoderLimit"]
    let codings = ["gzip", "deflate"].flatMap { name in deflate.map { "\(name).\($0)" } }
    let documented = try Package.content(of: "docs/configuration.md").split(separator: "\n")
      .filter { $0.hasPrefix("| `") }
      .flatMap { row in
        let column = row.dropFirst().prefix { $0 != "|" }
        return column.matches(of: /`([\w.]+)`/).map { String($0.output.1) }
      }
    #expect(keys.count > 15)
    #expect(Set(documented) == Set(keys + codings))
  }

  @Test func `every precondition names a test that exists`() throws {
    let rows = try MarkdownPage.preconditions()
    #expect(rows.count > 20)
    let names = try TestNames()
    for row in rows {
      #expect(!row.tests.isEmpty, "\(row.text)")
      for test in row.tests { #expect(names.contain(test), "\(test)") }
    }
  }

  @Test func `every guarantee names a test that exists`() throws {
    let rows = try MarkdownPage.guarantees()
    #expect(rows.count > 20)
    let names = try TestNames()
    for row in rows {
      #expect(!row.tests.isEmpty, "\(row.text)")
      for test in row.tests { #expect(names.contain(test), "\(test)") }
    }
  }

  @Test(arguments: try MarkdownPage.all())
  func `every link to a file leads to one`(page: MarkdownPage) {
    let folder = Package.root.appending(path: page.path).deletingLastPathComponent()
    for path in page.linkedPaths {
      let exists = FileManager.default.fileExists(atPath: folder.appending(path: path).path())
      #expect(exists, "\(page.path) links to \(path)")
    }
  }

  @Test func `a block is found wherever it stands, and no other is`() {
    let source = SourceLines(
      "import A\n\nfunc f() {\n  let a = 1\n\n  if a > 0 {\n    g()\n  }\n}\n")
    #expect(source.contain(SourceLines("let a = 1\n\nif a > 0 {\n  g()\n}")))
    #expect(!source.contain(SourceLines("let a = 1\nif a > 0 {")))
    #expect(!source.contain(SourceLines("if a > 0 {\ng()\n}")))
  }
}
