import HTTPContentCoding
package import HTTPTypes

extension ResponseBuffering {
  /// A request's head with a route's own validators: see
  /// `HTTPRequest.restoringValidators(offering:)`.
  ///
  /// - Parameter head: The head as the client sent it.
  /// - Returns: The head for the route; nil if it is unchanged.
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
