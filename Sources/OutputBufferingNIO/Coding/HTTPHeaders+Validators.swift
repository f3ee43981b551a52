#if NIO
  public import HTTPContentCoding
  public import NIOHTTP1

  extension HTTPHeaders {
    /// Changes a request's headers to what a route is to see that knows nothing of content codings:
    /// `HTTPRequest.restoringValidators(offering:)` for the types of NIOHTTP1.
    ///
    /// - Parameter codings: The codings on offer.
    /// - Returns: Whether anything has changed.
    @discardableResult
    public mutating func restoreValidators(offering codings: [ContentCoding]) -> Bool {
      let conditions = RequestConditions(offering: codings)
      var isChanged = false
      for name in ["if-none-match", "if-match"] {
        let lines = self[name]
        guard !lines.isEmpty else { continue }
        let restored = lines.map { conditions.restoredTags($0) ?? $0 }
        guard restored != lines else { continue }
        remove(name: name)
        for line in restored { add(name: name, value: line) }
        isChanged = true
      }
      let ifRange = self["if-range"]
      guard
        conditions.ignoresRange(
          ifRange: ifRange, hasRange: contains(name: "range"),
          acceptEncoding: AcceptEncoding(fieldValues: self["accept-encoding"]))
      else { return isChanged }
      remove(name: "if-range")
      remove(name: "range")
      return true
    }
  }
#endif
