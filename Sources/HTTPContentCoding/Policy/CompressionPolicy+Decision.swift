public import HTTPTypes

extension CompressionPolicy {
  /// Decides whether a response is coded, and with what.
  ///
  /// The answer to HEAD is decided as that to GET would be. Give the body's size if it is known
  /// and `.atLeast(0)` if it is not.
  ///
  /// A 304 is never coded, but its fields are those that the 200 would have had
  /// (RFC 9110 §15.4.5), so it varies and selects the coded representation as far as that 200 can
  /// be known: from its own `Content-Type` and `Content-Length`, which most 304s leave out. What
  /// is left out is taken to be eligible. A needless `Vary` or weak tag costs a cache hit; a
  /// missing one hands a client bytes it cannot read.
  ///
  /// - Parameters:
  ///   - response: The head as the application wrote it.
  ///   - trailers: The trailer fields, as far as they are known; a digest there vouches for the content, too.
  ///   - requestMethod: The method of the request that is answered.
  ///   - acceptEncoding: What the client accepts.
  ///   - codings: The codings the server offers, most wanted first; the first wins a tie.
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
