import HTTPContentCoding

/// The two formats that HTTP wraps DEFLATE data in.
enum DeflateFormat {
  /// The gzip file format, RFC 1952.
  case gzip

  /// The zlib data format, RFC 1950.
  case zlib

  /// The content coding that names the format (RFC 9110 §8.4.1).
  var coding: ContentCoding {
    switch self {
    case .gzip: .gzip
    case .zlib: .deflate
    }
  }
}
