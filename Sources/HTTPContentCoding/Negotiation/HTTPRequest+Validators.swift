public import HTTPTypes

extension HTTPRequest {
  /// Returns the request with the validators of the uncoded representation.
  ///
  /// A route that knows nothing of content codings compares tags with its own: the client of a
  /// coded response holds `W/"v1--gzip"` where the route's tag is `"v1"`. Such a route would never
  /// answer 304 (Not Modified).
  ///
  /// - In `If-None-Match` and `If-Match` a derived tag is replaced by the route's own; other tags
  ///   and `*` stay. So does, in `If-None-Match`, a tag of a coding that the client doesn't accept.
  /// - A derived tag in `If-Range` never matches, so `If-Range` and `Range` are removed. Both are
  ///   also removed if the client accepts an offered coding, whatever `If-Range` says: the client
  ///   may have part of the coded representation, and a server may ignore `Range` (RFC 9110 §14.2).
  ///
  /// The middleware and the channel handlers of this package call this method themselves. Call it
  /// only in a route that isn't wrapped by one of them and that evaluates conditions before it
  /// responds through a `ResponseBuffering`. Pass the original request to the `ResponseBuffering`:
  /// the 304 carries the tag that the client has.
  ///
  /// - Parameter codings: The codings on offer.
  /// - Returns: The request with the route's own tags.
  public func restoringValidators(offering codings: [ContentCoding]) -> HTTPRequest {
    var request = self
    request.headerFields.restoreValidators(offering: codings)
    return request
  }
}

extension HTTPFields {
  /// Replaces derived validators in the fields: see `HTTPRequest.restoringValidators(offering:)`.
  ///
  /// - Parameter codings: The codings on offer.
  /// - Returns: Whether anything has changed.
  @discardableResult
  public mutating func restoreValidators(offering codings: [ContentCoding]) -> Bool {
    restoreConditions(offering: codings)
  }
}
