import HTTPTypes

extension HTTPResponse {
  /// Why this response can never be coded, whoever asks and whatever the policy.
  ///
  /// The status comes first, because it decides what the fields mean.
  ///
  /// - Parameters:
  ///   - requestMethod: The method of the request that is answered.
  ///   - trailers: The trailer fields, as far as they are known.
  /// - Returns: The reason, or `nil` if coding it would be correct.
  func obstacleToCoding(
    requestMethod: HTTPRequest.Method, trailers: HTTPFields
  ) -> ContentCodingDecision.Reason? {
    if let obstacle = statusObstacle(requestMethod: requestMethod) ?? fieldObstacle {
      return obstacle
    }
    return trailers.contains(where: \.name.isDigest) ? .digestPresent : nil
  }

  private func statusObstacle(
    requestMethod: HTTPRequest.Method
  ) -> ContentCodingDecision.Reason? {
    switch status.code {
    case 101: .upgrade
    case 200..<300 where requestMethod == .connect: .upgrade
    case 100..<200, 204, 205: .statusWithoutBody
    case 206: .partialContent
    default: nil
    }
  }

  private var fieldObstacle: ContentCodingDecision.Reason? {
    if headerFields.contains(.contentRange) { return .partialContent }
    let codings = headerFields.leadingTokens(of: .contentEncoding)
    if !codings.isEmpty {
      return codings.allSatisfy(\.namesNoCoding) ? .optedOut : .alreadyEncoded
    }
    if mediaType?.isGRPC == true { return .grpc }
    if headerFields.leadingTokens(of: .cacheControl).contains("no-transform") {
      return .noTransform
    }
    if headerFields.contains(where: \.name.isDigest) || announcesDigest { return .digestPresent }
    return nil
  }

  /// Whether `Trailer` says that a digest will follow the content (RFC 9110 §6.6.2).
  private var announcesDigest: Bool {
    headerFields.contains(.trailer)
      && headerFields.tokenMembers(of: .trailer).contains {
        HTTPField.Name($0)?.isDigest == true
      }
  }

  /// The media type of the content, if the response says what it is.
  var mediaType: MediaType? {
    headerFields[.contentType].flatMap { MediaType($0) }
  }
}

extension HTTPResponse.Status {
  /// Whether no response with this status has content, whatever the request (RFC 9110 §6.4.1).
  var hasNoContent: Bool {
    switch code {
    case 100..<200, 204, 205, 304: true
    default: false
    }
  }
}

extension String {
  /// Whether an application writes this into `Content-Encoding` to say that there is none.
  ///
  /// `identity` is reserved for `Accept-Encoding` (RFC 9110 §8.4.1), and `none` was never
  /// registered: neither may be sent.
  var namesNoCoding: Bool { self == "identity" || self == "none" }
}

extension HTTPField.Name {
  /// Whether a field of this name vouches for the bytes of the content as the application wrote
  /// them: RFC 9530, and the two that it made obsolete.
  var isDigest: Bool {
    switch canonicalName {
    case "content-digest", "repr-digest", "content-md5", "digest": true
    default: false
    }
  }
}
