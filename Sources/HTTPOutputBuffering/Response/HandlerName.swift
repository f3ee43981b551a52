package import HTTPTypes

/// The name of a handler in logs, formatted only when needed, mostly at a shutdown.
package enum HandlerName: Sendable, CustomStringConvertible {
  case text(String)
  /// The request's method and path.
  case request(HTTPRequest.Method, target: String)

  /// Names the handler of a request.
  package init(_ request: HTTPRequest) {
    self = .request(request.method, target: request.path ?? "")
  }

  /// The name, without the query.
  package var description: String {
    switch self {
    case .text(let text): text
    case .request(let method, let target): "\(method) \(target.prefix { $0 != "?" })"
    }
  }
}
