#if FlyingFox
  public import FlyingFox
  public import HTTPContentCoding
  package import HTTPTypes

  extension FlyingFox.HTTPHeaders {
    /// Changes a request's headers to what a handler is to see that knows nothing of content codings:
    /// `HTTPRequest.restoringValidators(offering:)` for FlyingFox.
    ///
    /// - Parameter codings: The codings on offer.
    /// - Returns: Whether anything has changed.
    @discardableResult
    public mutating func restoreValidators(offering codings: [ContentCoding]) -> Bool {
      restoreConditions(offering: codings)
    }
  }

  extension FlyingFox.HTTPHeaders: HeaderFields {
    package func forEachKnownLine(_ body: (_ field: KnownField, _ value: String) -> Void) -> Int {
      var lineCount = 0
      for (header, value) in self {
        lineCount += 1
        if let field = KnownField(header.rawValue) { body(field, value) }
      }
      return lineCount
    }

    package func lines(of name: HTTPField.Name) -> [String] {
      values(for: HTTPHeader(name.rawName))
    }

    package mutating func setLines(_ lines: [String], of name: HTTPField.Name) {
      let header = HTTPHeader(name.rawName)
      lines.isEmpty ? removeValue(header) : setValues(lines, for: header)
    }

    package mutating func add(_ line: String, of name: HTTPField.Name) {
      addValue(line, for: HTTPHeader(name.rawName))
    }
  }
#endif
