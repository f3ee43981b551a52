import OutputBuffering

/// The handler names that differ between PHP and the scripts.
enum HandlerName {
  static let none = "none"
  static let gzip = "gzip"
  static let gzipInPHP = "ob_gzhandler"

  static func inScripts(_ name: String) -> String {
    switch name {
    case OutputBufferStatus.defaultHandlerName: none
    case gzipInPHP: gzip
    default: name
    }
  }
}
