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

  extension HTTPHeaders: ConditionalFields {
    package func lines(of name: HTTPField.Name) -> [String] { self[name.canonicalName] }

    package mutating func setLines(_ lines: [String], of name: HTTPField.Name) {
      remove(name: name.canonicalName)
      for line in lines { add(name: name.canonicalName, value: line) }
    }
  }
#endif
