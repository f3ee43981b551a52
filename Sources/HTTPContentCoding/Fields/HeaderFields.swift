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
  /// Removes all lines of some fields, then adds lines.
  ///
  /// - Parameters:
  ///   - fields: The fields to remove.
  ///   - lines: Calls its argument with each line to add.
  mutating func replace(_ fields: KnownField.Set, adding lines: HeaderLines)
}

/// Calls a function with the name and the value of each line.
package typealias HeaderLines = (_ add: (_ name: HTTPField.Name, _ value: String) -> Void) -> Void

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

  package mutating func replace(_ fields: KnownField.Set, adding lines: HeaderLines) {
    // Most edits add up to three lines.
    let capacity = count + 3
    if fields.isEmpty {
      reserveCapacity(capacity)
    } else {
      // One pass: each change by itself would search all lines.
      var kept = HTTPFields()
      kept.reserveCapacity(capacity)
      for line in self {
        if let field = KnownField(line.name.canonicalName), fields.contains(field) { continue }
        kept.append(line)
      }
      self = kept
    }
    lines { append(HTTPField(name: $0, value: $1)) }
  }
}

/// The fields that matter for the coding or the framing of a message.
package enum KnownField: UInt8, Sendable {
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
  /// A field specific to an HTTP/1 connection (RFC 9113 §8.2.2), other than `Connection` and
  /// `Upgrade`.
  case hopByHop
  case ifMatch
  case ifNoneMatch
  case ifRange
  case trailer
  case transferEncoding
  case upgrade
  case vary

  /// Recognizes a name, ignoring case.
  package init?(_ name: String) {
    guard let field = name.scanningFieldValue({ Self.named($0) }) else { return nil }
    self = field
  }

  /// The field of a name; its length and one letter leave one candidate at most, usually none.
  private static func named(_ name: FieldValueScanner) -> KnownField? {
    let first = name.letter(0)
    switch name.count {
    case 2: return first == "t" && name.matches("te") ? .hopByHop : nil
    case 4 where first == "e": return name.matches("etag") ? .entityTag : nil
    case 4: return first == "v" && name.matches("vary") ? .vary : nil
    case 6: return first == "d" && name.matches("digest") ? .digest : nil
    case 7 where first == "t": return name.matches("trailer") ? .trailer : nil
    case 7: return first == "u" && name.matches("upgrade") ? .upgrade : nil
    case 8 where first == "i" && name.letter(3) == "m":
      return name.matches("if-match") ? .ifMatch : nil
    case 8: return first == "i" && name.matches("if-range") ? .ifRange : nil
    case 10 where first == "c": return name.matches("connection") ? .connection : nil
    case 10: return first == "k" && name.matches("keep-alive") ? .hopByHop : nil
    case 11 where first == "c": return name.matches("content-md5") ? .digest : nil
    case 11: return first == "r" && name.matches("repr-digest") ? .digest : nil
    case 12: return first == "c" && name.matches("content-type") ? .contentType : nil
    case 13 where first == "c" && name.letter(1) == "a":
      return name.matches("cache-control") ? .cacheControl : nil
    case 13 where first == "c": return name.matches("content-range") ? .contentRange : nil
    case 13 where first == "a": return name.matches("accept-ranges") ? .acceptRanges : nil
    case 13: return first == "i" && name.matches("if-none-match") ? .ifNoneMatch : nil
    case 14 where first == "c" && name.letter(8) == "l":
      return name.matches("content-length") ? .contentLength : nil
    case 14: return first == "c" && name.matches("content-digest") ? .digest : nil
    case 15: return first == "a" && name.matches("accept-encoding") ? .acceptEncoding : nil
    case 16 where first == "c": return name.matches("content-encoding") ? .contentEncoding : nil
    case 16: return first == "p" && name.matches("proxy-connection") ? .hopByHop : nil
    case 17: return first == "t" && name.matches("transfer-encoding") ? .transferEncoding : nil
    default: return nil
    }
  }

  /// A set of fields.
  package struct Set: Sendable, ExpressibleByArrayLiteral {
    private var bits: UInt32 = 0

    package init(arrayLiteral fields: KnownField...) {
      for field in fields { insert(field) }
    }

    package var isEmpty: Bool { bits == 0 }

    package func contains(_ field: KnownField) -> Bool { bits & 1 << field.rawValue != 0 }

    package mutating func insert(_ field: KnownField) { bits |= 1 << field.rawValue }
  }
}
