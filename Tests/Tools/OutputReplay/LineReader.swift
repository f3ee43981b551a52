import Foundation

/// The lines of a file or pipe, each as soon as it is there.
struct LineReader {
  struct Line {
    var number: Int
    var content: Data
  }

  private let file: FileHandle
  private var pending = Data()
  private var number = 0

  init(_ file: FileHandle) {
    self.file = file
  }

  /// The next line without its line feed, or nil at the end.
  mutating func next() -> Line? {
    var searchStart = pending.startIndex
    while true {
      if let end = pending[searchStart...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { pending = pending[pending.index(after: end)...] }
        return line(pending[..<end])
      }
      let more = file.availableData
      guard !more.isEmpty else { break }
      // A fresh start at index 0 also lets go of the lines that were read already.
      searchStart = pending.count
      pending = Data(pending) + more
    }
    guard !pending.isEmpty else { return nil }
    defer { pending = Data() }
    return line(pending)
  }

  private mutating func line(_ content: Data) -> Line {
    number += 1
    return Line(number: number, content: content)
  }
}
