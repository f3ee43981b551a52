import Foundation

/// Reads the lines of a file or pipe, each as soon as it arrives.
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

  /// Returns the next line without its line feed, or nil at the end.
  mutating func next() -> Line? {
    var searchStart = pending.startIndex
    while true {
      if let end = pending[searchStart...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { pending = pending[pending.index(after: end)...] }
        return line(pending[..<end])
      }
      let more = file.availableData
      guard !more.isEmpty else { break }
      // Restarting at index 0 also releases the lines that have been read.
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
