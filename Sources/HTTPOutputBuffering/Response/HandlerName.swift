package import HTTPTypes

/// The name of a handler in logs, which is read when the server shuts down and hardly ever else.
package enum HandlerName: Sendable, CustomStringConvertible {
  case text(String)
  /// The request's method and path.
  case request(HTTPRequest.Method, target: String)

  /// Names the handler of a request.
  package init(_ request: HTTPRequest) {
    self = .request(request.method, target: request.path ?? "")
  }

  /// The name; a query isn't part of it.
  package var description: String {
    switch self {
    case .text(let text): text
    case .request(let method, let target): "\(method) \(target.prefix { $0 != "?" })"
    }
  }
}
