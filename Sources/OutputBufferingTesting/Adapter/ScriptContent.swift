import Foundation

/// The content that scripts write, computed in the same way as on the server.
enum ScriptContent {
  /// Returns the bytes of one `write` or `file` operation.
  static func bytes(of operation: JSONValue) -> [UInt8] {
    let once: [UInt8]
    if let text = operation["text"]?.string {
      once = Array(text.utf8)
    } else if let base64 = operation["base64"]?.string {
      once = Array(Data(base64Encoded: base64) ?? Data())
    } else if let count = operation["random"]?.int {
      once = incompressible(count)
    } else if let count = operation["html"]?.int ?? operation["bytes"]?.int {
      once = html(count)
    } else {
      once = []
    }
    let times = operation["repeat"]?.int ?? 1
    guard times > 1 else { return times == 1 ? once : [] }
    return Array(repeatElement(once, count: times).joined())
  }

  /// Returns what the handler writes until it finishes; nil if its buffers transform it.
  static func body(of script: JSONValue) -> [UInt8]? {
    var body: [UInt8] = []
    for operation in script["ops"]?.array ?? [] {
      switch operation["op"]?.string {
      case "write", "file": body += bytes(of: operation)
      case "finish": return body
      case "start", "endFlush", "endClean", "clean", "flushBuffer", "reset", "throw": return nil
      default: break
      }
    }
    return body
  }

  /// Returns incompressible bytes that are the same in every run, from xorshift64.
  static func incompressible(_ count: Int) -> [UInt8] {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    return (0..<count).map { _ in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return UInt8(truncatingIfNeeded: state >> 32)
    }
  }

  /// Returns a compressible page that is the same in every run.
  static func html(_ count: Int) -> [UInt8] {
    let unit = Array("<p>The quick brown fox jumps over the lazy dog.</p>\n".utf8)
    let whole = Array(repeatElement(unit, count: count / unit.count).joined())
    return whole + unit.prefix(count % unit.count)
  }
}
