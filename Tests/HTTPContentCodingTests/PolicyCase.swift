import HTTPContentCoding
import HTTPTypes

/// One response and the request it answers; each test changes the relevant part.
struct PolicyCase {
  var policy = CompressionPolicy()
  var status: HTTPResponse.Status = .ok
  var method: HTTPRequest.Method = .get
  var acceptEncoding: String? = "gzip"
  var fields: HTTPFields = [.contentType: "text/html; charset=utf-8"]
  var offered: [ContentCoding] = [.gzip, .deflate]
  var mode: CompressionMode?
  var body = BodySize.exactly(6200)

  var response: HTTPResponse { HTTPResponse(status: status, headerFields: fields) }

  var decision: ContentCodingDecision {
    policy.decision(
      for: response,
      requestMethod: method,
      acceptEncoding: AcceptEncoding(fieldValues: acceptEncoding.map { [$0] } ?? []),
      offering: offered,
      mode: mode,
      body: body
    )
  }

  /// The fields after the decision has been applied.
  var edited: HTTPFields {
    var response = response
    response.apply(decision)
    return response.headerFields
  }
}

extension HTTPFields {
  /// The fields as they would be written, for comparing order and number.
  var lines: [String] { map { "\($0.name.rawName): \($0.value)" } }

  mutating func append(_ name: String, _ value: String) {
    if let name = HTTPField.Name(name) { append(HTTPField(name: name, value: value)) }
  }
}
