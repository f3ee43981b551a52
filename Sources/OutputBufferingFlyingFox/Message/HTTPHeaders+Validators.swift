#if FlyingFox
  public import FlyingFox
  public import HTTPContentCoding

  extension FlyingFox.HTTPHeaders {
    /// Changes a request's headers to what a handler is to see that knows nothing of content codings:
    /// `HTTPRequest.restoringValidators(offering:)` for FlyingFox.
    ///
    /// - Parameter codings: The codings on offer.
    /// - Returns: Whether anything has changed.
    @discardableResult
    public mutating func restoreValidators(offering codings: [ContentCoding]) -> Bool {
      let conditions = RequestConditions(offering: codings)
      var isChanged = false
      for header in [HTTPHeader.ifNoneMatch, HTTPHeader("If-Match")] {
        let lines = values(for: header)
        guard !lines.isEmpty else { continue }
        let restored = lines.map { conditions.restoredTags($0) ?? $0 }
        guard restored != lines else { continue }
        setValues(restored, for: header)
        isChanged = true
      }
      let ifRange = values(for: HTTPHeader("If-Range"))
      guard
        conditions.ignoresRange(
          ifRange: ifRange, hasRange: !values(for: .range).isEmpty,
          acceptEncoding: AcceptEncoding(fieldValues: values(for: HTTPHeader("Accept-Encoding"))))
      else { return isChanged }
      removeValue(HTTPHeader("If-Range"))
      removeValue(.range)
      return true
    }
  }
#endif
