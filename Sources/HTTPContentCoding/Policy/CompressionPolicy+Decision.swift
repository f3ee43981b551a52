public import HTTPTypes

extension CompressionPolicy {
  /// Decides whether a response is coded, and with what.
  ///
  /// The response to HEAD is decided like that to GET. If the body's size is unknown, pass
  /// `.atLeast(0)`.
  ///
  /// A 304 is never coded, but it carries the fields that the 200 would have had (RFC 9110
  /// §15.4.5). So it varies and selects the coded representation as far as the 200 can be inferred
  /// from the 304's own `Content-Type` and `Content-Length`. Most 304s omit both fields; an omitted
  /// field is assumed to allow coding. A needless `Vary` or weak tag costs a cache hit; a missing
  /// one hands a client bytes that it can't decode.
  ///
  /// - Parameters:
  ///   - response: The head as the application wrote it.
  ///   - trailers: The trailer fields, as far as they are known; a digest there also vouches for
  ///     the content.
  ///   - requestMethod: The method of the request that is answered.
  ///   - acceptEncoding: What the client accepts.
  ///   - codings: The codings the server offers, in order of preference; the first wins a tie.
  ///   - mode: The response's own mode, or `nil` for the policy's.
  ///   - body: What is known about the body's size before coding.
  /// - Returns: The decision with its reason.
  public func decision(
    for response: HTTPResponse,
    trailers: HTTPFields = [:],
    requestMethod: HTTPRequest.Method,
    acceptEncoding: AcceptEncoding,
    offering codings: [ContentCoding],
    mode: CompressionMode? = nil,
    body: BodySize
  ) -> ContentCodingDecision {
    ContentCodingPlan(
      self, status: response.status, HeadFacts(response.headerFields), trailers: trailers,
      requestMethod: requestMethod, acceptEncoding: acceptEncoding, offering: codings, mode: mode
    ).decision(about: body)
  }
}
