/// A request to send.
struct WireRequest: Sendable {
  var method = "GET"
  var target = "/"
  var version = "1.1"
  var fields: [WireField] = []
  var body: [UInt8]?
  /// Whether the HTTP/2 stream keeps its initial window (RFC 9113 §5.2).
  var withholdsWindow = false
  /// Raw bytes that replace everything above, over HTTP/1 only.
  var raw: [UInt8]?

  /// The request in HTTP/1 form (RFC 9112 §2.1).
  var http1Bytes: [UInt8] {
    if let raw { return raw }
    var bytes = Array("\(method) \(target) HTTP/\(version)\r\nHost: localhost\r\n".utf8)
    for field in fields {
      bytes += field.name.utf8
      bytes += ": ".utf8
      bytes += field.value
      bytes += "\r\n".utf8
    }
    if let body { bytes += "Content-Length: \(body.count)\r\n".utf8 }
    return bytes + "\r\n".utf8 + (body ?? [])
  }
}
