import HTTPTypes

extension HeadFacts {
  /// Returns why a response with these fields can never be coded, for any request and policy.
  ///
  /// The status is checked first, because it determines what the fields mean.
  ///
  /// - Parameters:
  ///   - status: The status of the response.
  ///   - requestMethod: The method of the request that is answered.
  ///   - isGRPC: Whether the content is gRPC.
  ///   - trailers: The trailer fields, as far as they are known.
  /// - Returns: The reason, or `nil` if coding it would be correct.
  func obstacleToCoding(
    status: HTTPResponse.Status, requestMethod: HTTPRequest.Method, isGRPC: Bool,
    trailers: HTTPFields?
  ) -> ContentCodingDecision.Reason? {
    switch status.code {
    case 101: return .upgrade
    case 200..<300 where requestMethod == .connect: return .upgrade
    case 100..<200, 204, 205: return .statusWithoutBody
    case 206: return .partialContent
    default: break
    }
    if marks.contains(.contentRange) { return .partialContent }
    if let obstacle = contentEncodingObstacle { return obstacle }
    if isGRPC { return .grpc }
    if marks.contains(.noTransform) { return .noTransform }
    if marks.contains(.digest) { return .digestPresent }
    return trailers?.contains(where: \.name.isDigest) == true ? .digestPresent : nil
  }
}

extension HTTPResponse.Status {
  /// Whether a response with this status never has content, whatever the request (RFC 9110 §6.4.1).
  var hasNoContent: Bool {
    switch code {
    case 100..<200, 204, 205, 304: true
    default: false
    }
  }
}

extension HTTPField.Name {
  /// Whether a field of this name vouches for the bytes of the content: see ``KnownField/digest``.
  var isDigest: Bool { KnownField(canonicalName) == .digest }
}
