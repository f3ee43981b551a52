/// The tables of RFC 7541.
enum HPACKTables {
  /// Appendix A, from index 1.
  static let fields: [WireField] = staticTable.split(separator: " ").map { entry in
    let parts = entry.split(separator: "=", maxSplits: 1)
    return WireField(String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
  }

  private static let staticTable = """
    :authority :method=GET :method=POST :path=/ :path=/index.html :scheme=http :scheme=https \
    :status=200 :status=204 :status=206 :status=304 :status=400 :status=404 :status=500 \
    accept-charset accept-encoding=gzip,deflate accept-language accept-ranges accept \
    access-control-allow-origin age allow authorization cache-control content-disposition \
    content-encoding content-language content-length content-location content-range content-type \
    cookie date etag expect expires from host if-match if-modified-since if-none-match if-range \
    if-unmodified-since last-modified link location max-forwards proxy-authenticate \
    proxy-authorization range referer refresh retry-after server set-cookie \
    strict-transport-security transfer-encoding user-agent vary via www-authenticate
    """

  /// Appendix B: symbols by length and code.
  ///
  /// The code is canonical, so the lengths determine it.
  static let huffman: [Int: [UInt32: Int]] = {
    let order = lengths.indices.sorted { (lengths[$0], $0) < (lengths[$1], $1) }
    var symbols: [Int: [UInt32: Int]] = [:]
    var code: UInt32 = 0
    var length = lengths[order[0]]
    for symbol in order {
      code <<= UInt32(lengths[symbol] - length)
      length = lengths[symbol]
      symbols[length, default: [:]][code] = symbol
      code += 1
    }
    return symbols
  }()

  /// The symbol that ends a string and never occurs in one.
  static let endOfString = 256

  private static let lengths = [
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30,
    28, 28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
    5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
    7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5,
    7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22,
    22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23,
    22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22,
    21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26,
    26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20,
    24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27,
    27, 28, 27, 27, 27, 27, 27, 26, 30,
  ]
}
