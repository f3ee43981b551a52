import Benchmark

/// The data to write and compress.
enum Payload {
  static let line = ContiguousArray("<td>32 bytes, one cell a row</td>".utf8.prefix(32))
  static let page6KB = page(byteCount: 6 * 1024)
  static let page64KB = page(byteCount: 64 * 1024)
  static let event = ContiguousArray("id: 4711\ndata: {\"price\":101.25}\n\n".utf8)
  static let browserAcceptEncoding = ["gzip, deflate, br, zstd"]

  /// A table of words in a seeded order, which compresses like a page and not like a repeated line.
  private static func page(byteCount: Int) -> ContiguousArray<UInt8> {
    let words = [
      "order", "buffer", "stream", "client", "server", "handler", "window", "level", "length",
      "warehouse", "customer", "invoice", "shipment", "address", "quantity", "price", "total",
    ]
    var state: UInt64 = 42
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var page: ContiguousArray<UInt8> = []
    while page.count < byteCount {
      let row = "<tr><td>\(next(100_000))</td><td>\(words[next(words.count)]) "
      page.append(contentsOf: (row + "\(words[next(words.count)])</td></tr>\n").utf8)
    }
    return ContiguousArray(page.prefix(byteCount))
  }
}
