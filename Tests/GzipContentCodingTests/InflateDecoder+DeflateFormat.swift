import OutputBufferingTesting

@testable import GzipContentCoding

extension InflateDecoder {
  /// Judges what an encoder of a format writes.
  convenience init(of format: DeflateFormat) {
    self.init(format == .gzip ? Format.gzip : .zlib)
  }
}
