package import HTTPTypes

extension HTTPFields {
  /// The allowed trailer fields, and the names of the forbidden ones (RFC 9110 §6.5.1).
  package var splitTrailers: (allowed: HTTPFields, forbidden: [HTTPField.Name]) {
    var allowed = self
    var forbidden: [HTTPField.Name] = []
    allowed.removeAll { field in
      guard field.name.isForbiddenInTrailers else { return false }
      if !forbidden.contains(field.name) { forbidden.append(field.name) }
      return true
    }
    return (allowed, forbidden)
  }

  /// The name of a forbidden trailer field; nil if all fields are allowed.
  package var forbiddenTrailer: HTTPField.Name? {
    first(where: \.name.isForbiddenInTrailers)?.name
  }
}

extension HTTPField.Name {
  /// Whether a field of this name can't be a trailer, because recipients need it before the
  /// content.
  ///
  /// Allowed are tags, digests, `Server-Timing`, `Accept-Ranges`, `Authentication-Info`, and any
  /// field that RFC 9110 doesn't define for one of the purposes below.
  ///
  /// https://www.rfc-editor.org/rfc/rfc9110.html#section-6.5.1
  var isForbiddenInTrailers: Bool {
    let name = canonicalName
    // Conditions, including those of other specifications (RFC 9110 §13.1), and CORS (Fetch §3.3.3).
    return name.utf8.starts(with: "if-".utf8)
      || name.utf8.starts(with: "access-control-".utf8)
      || Self.forbiddenInTrailers.contains(name)
  }

  /// The name, where a response needs no field of that name for something else.
  var ifFree: HTTPField.Name? {
    isForbiddenInTrailers || Self.neededElsewhere.contains(canonicalName) ? nil : self
  }

  /// Fields that may be trailers, and describe the response or its content.
  private static let neededElsewhere: Set<String> = [
    "etag", "last-modified", "accept-ranges", "content-digest", "repr-digest", "digest",
    "content-md5", "x-content-coding-decision",
  ]

  private static let forbiddenInTrailers: Set<String> = [
    // Message framing and connection management (RFC 9112 §6, RFC 9113 §8.2.2).
    "transfer-encoding", "content-length", "trailer", "te", "connection", "keep-alive",
    "proxy-connection", "upgrade", "http2-settings",
    // Routing.
    "host", "forwarded", "via",
    // Modifiers of a request.
    "cache-control", "expect", "max-forwards", "pragma", "range", "accept", "accept-charset",
    "accept-encoding", "accept-language",
    // Authentication.
    "authorization", "proxy-authorization", "www-authenticate", "proxy-authenticate", "cookie",
    "cookie2", "set-cookie", "set-cookie2",
    // Control of a response.
    "age", "date", "expires", "location", "retry-after", "vary", "warning", "allow", "refresh",
    "cdn-cache-control", "surrogate-control", "clear-site-data", "strict-transport-security",
    "content-security-policy", "content-security-policy-report-only",
    // The format of the content, and its processing.
    "content-encoding", "content-type", "content-range", "content-language", "content-location",
    "content-disposition",
  ]
}
