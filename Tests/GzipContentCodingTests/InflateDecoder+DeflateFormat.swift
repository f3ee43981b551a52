import OutputBufferingTesting

@testable import GzipContentCoding

extension InflateDecoder {
  /// Creates a decoder that checks an encoder of the format.
  convenience init(of format: DeflateFormat) {
    self.init(format == .gzip ? Format.gzip : .zlib)
  }
}
