import Foundation
import Testing

@Suite struct DocumentationTests {
  @Test(arguments: try MarkdownPage.all())
  func `every block of Swift code stands in an example that is compiled`(page: MarkdownPage) throws
  {
    let examples = try Package.examples()
    try #require(!examples.isEmpty)
    for block in page.swiftBlocks {
      let isCompiled = examples.contains { $0.contain(block) }
      #expect(isCompiled, "\(page.path): \(block.lines.joined(separator: "\n"))")
    }
  }

  @Test func `the README shows code`() throws {
    let page = try #require(try MarkdownPage.all().first { $0.path == "README.md" })
    #expect(page.swiftBlocks.count >= 2)
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
