package import HTTPTypes

extension HTTPFields {
  /// Whether `Connection` has the option `close` (RFC 9112 §9.6).
  package var asksToClose: Bool { Self.asksToClose(connection: self[values: .connection]) }

  /// Whether one of the lines of `Connection` has the option `close` (RFC 9112 §9.6).
  package static func asksToClose(connection values: some Sequence<String>) -> Bool {
    values.contains { value in
      value.split(separator: ",").contains { option in
        option.lowercased().trimmingOptionalWhitespace == "close"
      }
    }
  }

  /// Whether one of the lines of `Expect` says that the client waits for 100 (Continue) (RFC 9110 §10.1.1).
  package static func expectsContinue(expect values: some Sequence<String>) -> Bool {
    values.contains { value in
      value.split(separator: ",").contains { member in
        member.lowercased().trimmingOptionalWhitespace == "100-continue"
      }
    }
  }

  /// Adds the option `close` to `Connection` (RFC 9112 §9.6), whose other options name fields of this
  /// message (RFC 9110 §7.6.1).
  mutating func askToClose() {
    self[.connection] = Self.closing(connection: self[values: .connection])
  }

  /// The value of `Connection` with the option `close`, and without one that contradicts it.
  package static func closing(connection values: some Sequence<String>) -> String {
    let options = values.flatMap { $0.split(separator: ",") }
      .map { String($0).trimmingOptionalWhitespace }
      .filter { !["", "close", "keep-alive"].contains($0.lowercased()) }
    return (options + ["close"]).joined(separator: ", ")
  }

  /// Takes away the fields that belong to the server's framing.
  ///
  /// `Transfer-Encoding` is the server's in every version. On HTTP/2 a connection-specific field
  /// makes the message malformed (RFC 9113 §8.2.2).
  mutating func removeFramingFields(version: HTTPProtocolVersion) {
    self[.transferEncoding] = nil
    guard version == .http2 else { return }
    removeAll { Self.connectionSpecificNames.contains($0.name.canonicalName) }
  }

  private static let connectionSpecificNames: Set<String> = [
    "connection", "keep-alive", "proxy-connection", "te", "upgrade",
  ]
}

extension String {
  /// The text without spaces and tabs around it (RFC 9110 §5.6.3).
  fileprivate var trimmingOptionalWhitespace: Substring {
    let start = drop { $0 == " " || $0 == "\t" }
    return start.lastIndex { $0 != " " && $0 != "\t" }.map { start[...$0] } ?? ""
  }
}
