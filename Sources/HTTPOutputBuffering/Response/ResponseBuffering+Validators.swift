import HTTPContentCoding
package import HTTPTypes

extension ResponseBuffering {
  /// The head of a request as a route is to see it: see `HTTPRequest.restoringValidators(offering:)`.
  ///
  /// - Parameter head: The head as the client sent it.
  /// - Returns: The head for the route; nil where that is the same.
  package func restored(_ head: HTTPRequest) -> HTTPRequest? {
    let fields = head.headerFields
    guard fields.contains(.ifNoneMatch) || fields.contains(.ifMatch) || fields.contains(.ifRange)
    else { return nil }
    var restored = head
    let isChanged = restored.headerFields.restoreValidators(
      offering: settings.offered)
    return isChanged ? restored : nil
  }
}
