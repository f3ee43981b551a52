package import HTTPContentCoding
package import HTTPTypes

extension HTTPFields {
  /// Whether one of the lines of `Connection` has the option `close` (RFC 9112 §9.6).
  package static func asksToClose(connection lines: [String]) -> Bool {
    lines.contains { $0.hasListMember("close") }
  }

  /// Whether one of the lines of `Expect` asks for 100 (Continue) (RFC 9110 §10.1.1).
  package static func expectsContinue(expect lines: [String]) -> Bool {
    lines.contains { $0.hasListMember("100-continue") }
  }
}

extension HeadEdits {
  /// Removes the fields that belong to the server's framing.
  ///
  /// `Transfer-Encoding` is the server's in every version. On HTTP/2 a connection-specific field
  /// makes the message malformed (RFC 9113 §8.2.2).
  mutating func removeFramingFields(_ facts: HeadFacts, version: HTTPProtocolVersion) {
    removed.formUnion(facts.marks.intersection(.transferEncoding))
    if version == .http2 {
      removed.formUnion(facts.marks.intersection([.connection, .hopByHop]))
    }
  }

  /// The edits for an interim response, which has no content and no content fields (RFC 9110
  /// §15.2).
  ///
  /// - Parameters:
  ///   - facts: The facts that its fields state.
  ///   - version: The version of HTTP the client speaks.
  /// - Returns: The edits.
  package static func interim(_ facts: HeadFacts, version: HTTPProtocolVersion) -> HeadEdits {
    var edits = HeadEdits()
    edits.removeFramingFields(facts, version: version)
    // Only a final response says that the connection closes.
    edits.removed.formUnion(facts.marks.intersection(.connection))
    edits.contentLength = .remove
    edits.contentEncoding = .remove
    return edits
  }
}
