#if FlyingFox
  public import FlyingFox
  public import HTTPContentCoding
  import HTTPTypes

  extension FlyingFox.HTTPHeaders {
    /// Restores a request's validators for a handler that knows nothing of content codings.
    ///
    /// This is `HTTPRequest.restoringValidators(offering:)` for FlyingFox.
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

    /// A field's values as one line (RFC 9110 §5.3), since a client may send more lines than
    /// HTTPTypes accepts.
    private func line(of name: HTTPField.Name) -> String? {
      let lines = values(for: HTTPHeader(name.rawName))
      return lines.isEmpty ? nil : lines.joined(separator: ", ")
    }
  }
#endif
