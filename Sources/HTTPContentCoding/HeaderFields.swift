package import HTTPTypes

/// The fields of a message in whatever type a framework has them: read where they are, edited in place.
package protocol HeaderFields {
  /// Passes each line to a function, in order.
  ///
  /// - Parameter body: Is given the name, in any case, and the value.
  func forEachLine(_ body: (_ name: String, _ value: String) -> Void)
  /// The lines of a field.
  func lines(of name: HTTPField.Name) -> [String]
  /// Puts lines in place of those that a field has; none removes it.
  mutating func setLines(_ lines: [String], of name: HTTPField.Name)
  /// Adds a line of a field that has none.
  mutating func add(_ line: String, of name: HTTPField.Name)
}

extension HTTPFields: HeaderFields {
  package func forEachLine(_ body: (_ name: String, _ value: String) -> Void) {
    for field in self { body(field.name.canonicalName, field.value) }
  }

  package func lines(of name: HTTPField.Name) -> [String] { self[values: name] }

  package mutating func setLines(_ lines: [String], of name: HTTPField.Name) {
    self[values: name] = lines
  }

  package mutating func add(_ line: String, of name: HTTPField.Name) {
    append(HTTPField(name: name, value: line))
  }
}

/// The fields that mean something to the coding or the framing of a message.
package enum KnownField: Sendable {
  case acceptEncoding
  case acceptRanges
  case cacheControl
  case connection
  case contentEncoding
  case contentLength
  case contentRange
  case contentType
  /// One that vouches for the bytes of the content as the application wrote them: RFC 9530, and the two that
  /// it made obsolete.
  case digest
  case entityTag
  /// A field that belongs to a connection of HTTP/1 (RFC 9113 §8.2.2), but for `Connection`.
  case hopByHop
  case ifMatch
  case ifNoneMatch
  case ifRange
  case trailer
  case transferEncoding
  case vary

  /// Recognises a name in any case.
  package init?(_ name: String) {
    let field = name.scanningFieldValue { scanner -> KnownField? in
      // Nearly every name of another field is told from these by its length, or else by its first letter.
      let candidate: (name: StaticString, field: KnownField)? =
        switch (name.utf8.count, scanner.firstLetter) {
        case (2, _): ("te", .hopByHop)
        case (4, UInt8(ascii: "e")): ("etag", .entityTag)
        case (4, UInt8(ascii: "v")): ("vary", .vary)
        case (6, UInt8(ascii: "d")): ("digest", .digest)
        case (7, UInt8(ascii: "t")): ("trailer", .trailer)
        case (7, UInt8(ascii: "u")): ("upgrade", .hopByHop)
        case (8, UInt8(ascii: "i")):
          scanner.matches(0..<name.utf8.count, "if-match")
            ? ("if-match", .ifMatch) : ("if-range", .ifRange)
        case (10, UInt8(ascii: "c")): ("connection", .connection)
        case (10, UInt8(ascii: "k")): ("keep-alive", .hopByHop)
        case (11, UInt8(ascii: "c")): ("content-md5", .digest)
        case (11, UInt8(ascii: "r")): ("repr-digest", .digest)
        case (12, UInt8(ascii: "c")): ("content-type", .contentType)
        case (13, UInt8(ascii: "a")): ("accept-ranges", .acceptRanges)
        case (13, UInt8(ascii: "c")):
          scanner.matches(0..<name.utf8.count, "cache-control")
            ? ("cache-control", .cacheControl) : ("content-range", .contentRange)
        case (13, UInt8(ascii: "i")): ("if-none-match", .ifNoneMatch)
        case (14, UInt8(ascii: "c")):
          scanner.matches(0..<name.utf8.count, "content-length")
            ? ("content-length", .contentLength) : ("content-digest", .digest)
        case (15, UInt8(ascii: "a")): ("accept-encoding", .acceptEncoding)
        case (16, UInt8(ascii: "c")): ("content-encoding", .contentEncoding)
        case (16, UInt8(ascii: "p")): ("proxy-connection", .hopByHop)
        case (17, UInt8(ascii: "t")): ("transfer-encoding", .transferEncoding)
        default: nil
        }
      guard let candidate, scanner.matches(0..<name.utf8.count, candidate.name) else { return nil }
      return candidate.field
    }
    guard let field else { return nil }
    self = field
  }
}
