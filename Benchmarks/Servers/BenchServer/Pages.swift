import Foundation
import NIOCore

/// The pages in memory, which all servers of the comparison share.
struct Pages: Sendable {
  static let names = ["1k", "10k", "100k"]

  /// One page, in the types that the applications use.
  struct Page: Sendable {
    let text: String
    let buffer: ByteBuffer
  }

  /// The first event of `/events`, after which it waits.
  static let event = "id: 4711\ndata: {\"price\":101.25}\n\n"

  private let pages: [String: Page]

  /// Reads the pages, one from each file.
  init(folder: URL) throws {
    pages = try Dictionary(
      uniqueKeysWithValues: Self.names.map { name in
        let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        return (name, Page(text: text, buffer: ByteBuffer(string: text)))
      })
  }

  subscript(name: some StringProtocol) -> Page? { pages[String(name)] }
}
