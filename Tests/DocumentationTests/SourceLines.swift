/// Lines of code to compare regardless of their common indentation.
struct SourceLines {
  let lines: [Substring]

  init(_ lines: [Substring]) {
    self.lines = lines
  }

  init(_ text: String) {
    self.lines = text.split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// Whether the lines of a block are consecutive lines of this, indented as a whole by any number
  /// of spaces.
  func contain(_ block: SourceLines) -> Bool {
    guard !block.lines.isEmpty, block.lines.count <= lines.count else { return false }
    return lines.indices.dropLast(block.lines.count - 1).contains { start in
      let run = lines[start..<(start + block.lines.count)]
      return Self.unindented(Array(run)) == Self.unindented(block.lines)
    }
  }

  private static func unindented(_ lines: [Substring]) -> [Substring] {
    let depth = lines.filter { !$0.isEmpty }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
    return lines.map { $0.dropFirst(depth) }
  }
}
