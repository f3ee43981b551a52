#if FlyingFox
  public import FlyingFox
  public import HTTPContentCoding
  import HTTPTypes

  extension FlyingFox.HTTPHeaders {
    /// Changes a request's headers to what a handler is to see that knows nothing of content codings:
    /// `HTTPRequest.restoringValidators(offering:)` for FlyingFox.
    ///
    /// - Parameter codings: The codings on offer.
    /// - Returns: Whether anything has changed.
    @discardableResult
    public mutating func restoreValidators(offering codings: [ContentCoding]) -> Bool {
      var conditions = HTTPFields()
      for name in [HTTPField.Name.ifNoneMatch, .ifMatch, .ifRange] {
        conditions[name] = line(of: name)
      }
      guard !conditions.isEmpty else { return false }
      conditions[.range] = line(of: .range)
      conditions[.acceptEncoding] = line(of: .acceptEncoding)
      var restored = conditions
      guard restored.restoreValidators(offering: codings) else { return false }
      for name in conditions.map(\.name) where restored[name] != conditions[name] {
        let header = HTTPHeader(name.rawName)
        if let line = restored[name] { setValues([line], for: header) } else { removeValue(header) }
      }
      return true
    }

    /// All of a field's values as one line (RFC 9110 §5.3): a client may send more of them than HTTPTypes takes.
    private func line(of name: HTTPField.Name) -> String? {
      let lines = values(for: HTTPHeader(name.rawName))
      return lines.isEmpty ? nil : lines.joined(separator: ", ")
    }
  }
#endif
