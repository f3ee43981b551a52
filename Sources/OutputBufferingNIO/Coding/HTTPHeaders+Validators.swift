#if NIO
  public import HTTPContentCoding
  package import HTTPTypes
  public import NIOHTTP1

  extension HTTPHeaders {
    /// Changes a request's headers to what a route is to see that knows nothing of content codings:
    /// `HTTPRequest.restoringValidators(offering:)` for the types of NIOHTTP1.
    ///
    /// - Parameter codings: The codings on offer.
    /// - Returns: Whether anything has changed.
    @discardableResult
    public mutating func restoreValidators(offering codings: [ContentCoding]) -> Bool {
      restoreConditions(offering: codings)
    }
  }

  extension HTTPHeaders: HeaderFields {
    package func forEachLine(_ body: (_ name: String, _ value: String) -> Void) {
      for (name, value) in self { body(name, value) }
    }

    package func lines(of name: HTTPField.Name) -> [String] { self[name.canonicalName] }

    package mutating func setLines(_ lines: [String], of name: HTTPField.Name) {
      remove(name: name.rawName)
      for line in lines { add(name: name.rawName, value: line) }
    }

    package mutating func add(_ line: String, of name: HTTPField.Name) {
      add(name: name.rawName, value: line)
    }
  }
#endif
