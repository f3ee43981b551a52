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
    package func forEachLine(_ body: (_ name: String, _ value: String) -> Void) {
      for (header, value) in self { body(header.rawValue, value) }
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
