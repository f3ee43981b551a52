#if NIO
  public import HTTPContentCoding
  package import HTTPTypes
  public import NIOHTTP1

  extension HTTPHeaders {
    /// Restores a request's validators for a route that is unaware of content codings.
    ///
    /// The equivalent of `HTTPRequest.restoringValidators(offering:)` for the types of NIOHTTP1.
    ///
    /// - Parameter codings: The content codings on offer.
    /// - Returns: Whether any header has changed.
    @discardableResult
    public mutating func restoreValidators(offering codings: [ContentCoding]) -> Bool {
      restoreConditions(offering: codings)
    }
  }

  extension HTTPHeaders: HeaderFields {
    package func forEachKnownLine(_ body: (_ field: KnownField, _ value: String) -> Void) -> Int {
      for (name, value) in self {
        if let field = KnownField(name) { body(field, value.trimmingOptionalWhitespace) }
      }
      return count
    }

    package func lines(of name: HTTPField.Name) -> [String] {
      self[name.canonicalName].map(\.trimmingOptionalWhitespace)
    }

    package mutating func setLines(_ lines: [String], of name: HTTPField.Name) {
      remove(name: name.rawName)
      for line in lines { add(name: name.rawName, value: line) }
    }

    package mutating func replace(_ fields: KnownField.Set, adding lines: HeaderLines) {
      // One pass: each change by itself would search and copy all lines.
      var all: [(String, String)] = []
      all.reserveCapacity(count + 4)
      for line in self {
        if !fields.isEmpty, let field = KnownField(line.name), fields.contains(field) { continue }
        all.append((line.name, line.value))
      }
      lines { all.append(($0.rawName, $1)) }
      self = HTTPHeaders(all)
    }
  }
#endif
