public import HTTPTypes

extension HTTPRequest {
  /// The request as a route is to see it that knows nothing of content codings.
  ///
  /// The tag of a coded response isn't the route's: `"v1"` has become `W/"v1--gzip"`. A route that compares
  /// it with its own would never answer 304 (Not Modified).
  ///
  /// - In `If-None-Match` and `If-Match` such a tag is replaced by the route's own; other tags and `*` stay.
  /// - In `If-Range` such a tag never matches: `If-Range` and `Range` are removed. So they are where the
  ///   client accepts a coding on offer, whatever `If-Range` says: it may have a part of the coded
  ///   representation, and `Range` may be ignored (RFC 9110 §14.2).
  ///
  /// The middleware and the channel handlers of this package do so by themselves. Only a route that is
  /// wrapped by none of them, and evaluates conditions before it answers by a `ResponseBuffering`, calls it.
  /// It gives the `ResponseBuffering` the request as the client sent it: the 304 carries the tag that the
  /// client has.
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
  /// Changes a request's fields to what a route is to see: `HTTPRequest.restoringValidators(offering:)`.
  ///
  /// - Parameter codings: The codings on offer.
  /// - Returns: Whether anything has changed.
  @discardableResult
  public mutating func restoreValidators(offering codings: [ContentCoding]) -> Bool {
    restoreConditions(offering: codings)
  }
}
