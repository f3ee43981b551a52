package import HTTPTypes

/// A message's fields in any framework's type, read and edited in place.
package protocol HeaderFields {
  /// Calls a function with each line of a known field, in order.
  ///
  /// - Parameter body: Receives the field, and the value without surrounding whitespace.
  /// - Returns: The number of lines, including those of other fields.
  func forEachKnownLine(_ body: (_ field: KnownField, _ value: String) -> Void) -> Int
  /// Returns the lines of a field.
  func lines(of name: HTTPField.Name) -> [String]
  /// Replaces the lines of a field; an empty array removes the field.
  mutating func setLines(_ lines: [String], of name: HTTPField.Name)
  /// Adds a line for a field that has none.
  mutating func add(_ line: String, of name: HTTPField.Name)
}

extension HTTPFields: HeaderFields {
  package func forEachKnownLine(_ body: (_ field: KnownField, _ value: String) -> Void) -> Int {
    for line in self {
      if let field = KnownField(line.name.canonicalName) { body(field, line.value) }
    }
    return count
  }

  package func lines(of name: HTTPField.Name) -> [String] { self[values: name] }

  package mutating func setLines(_ lines: [String], of name: HTTPField.Name) {
    self[values: name] = lines
  }

  package mutating func add(_ line: String, of name: HTTPField.Name) {
    append(HTTPField(name: name, value: line))
  }
}

/// The fields that matter for the coding or the framing of a message.
package enum KnownField: Sendable {
  case acceptEncoding
  case acceptRanges
  case cacheControl
  case connection
  case contentEncoding
  case contentLength
  case contentRange
  case contentType
  /// A field that vouches for the content's bytes as the application wrote them: those of RFC 9530
  /// and the two that it obsoletes.
  case digest
  case entityTag
  /// A field specific to an HTTP/1 connection (RFC 9113 §8.2.2), other than `Connection`.
  case hopByHop
  case ifMatch
  case ifNoneMatch
  case ifRange
  case trailer
  case transferEncoding
  case vary

  /// Recognizes a name, ignoring case.
  package init?(_ name: String) {
    let field = name.scanningFieldValue { scanner -> KnownField? in
      // Its length and one letter leave one candidate at most, and usually none.
      let candidate: (name: StaticString, field: KnownField)? =
        switch (scanner.count, scanner.letter(0)) {
        case (2, "t"): ("te", .hopByHop)
        case (4, "e"): ("etag", .entityTag)
        case (4, "v"): ("vary", .vary)
        case (6, "d"): ("digest", .digest)
        case (7, "t"): ("trailer", .trailer)
        case (7, "u"): ("upgrade", .hopByHop)
        case (8, "i"): scanner.letter(3) == "m" ? ("if-match", .ifMatch) : ("if-range", .ifRange)
        case (10, "c"): ("connection", .connection)
        case (10, "k"): ("keep-alive", .hopByHop)
        case (11, "c"): ("content-md5", .digest)
        case (11, "r"): ("repr-digest", .digest)
        case (12, "c"): ("content-type", .contentType)
        case (13, "a"): ("accept-ranges", .acceptRanges)
        case (13, "c"):
          scanner.letter(1) == "a"
            ? ("cache-control", .cacheControl) : ("content-range", .contentRange)
        case (13, "i"): ("if-none-match", .ifNoneMatch)
        case (14, "c"):
          scanner.letter(8) == "l"
            ? ("content-length", .contentLength) : ("content-digest", .digest)
        case (15, "a"): ("accept-encoding", .acceptEncoding)
        case (16, "c"): ("content-encoding", .contentEncoding)
        case (16, "p"): ("proxy-connection", .hopByHop)
        case (17, "t"): ("transfer-encoding", .transferEncoding)
        default: nil
        }
      guard let candidate, scanner.matches(0..<scanner.count, candidate.name) else { return nil }
      return candidate.field
    }
    guard let field else { return nil }
    self = field
  }
}
