// Compresses a response that is in memory, for a framework without an adapter.

// snippet.hide
import GzipContentCoding
// snippet.show
import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes

/// - Returns: The head and the content to send instead of the route's own.
func compressed(
  _ head: HTTPResponse, _ content: [UInt8], for request: HTTPRequest, by settings: ResponseSettings
) throws -> (head: HTTPResponse, content: ContiguousArray<UInt8>) {
  var machine = ResponseMachine(
    request: RequestMetadata(request), head: head, settings: settings)
  try machine.finish(with: content.span)
  let output = machine.takeOutput()
  return (output.head?.response ?? head, output.body)
}

// snippet.hide
let request = HTTPRequest(
  method: .get, scheme: "http", authority: "localhost", path: "/",
  headerFields: [.acceptEncoding: "gzip"])
let page = HTTPResponse(status: .ok, headerFields: [.contentType: "text/html"])
let (head, content) = try compressed(
  page, Array(repeating: UInt8(ascii: "a"), count: 10_000), for: request,
  by: ResponseSettings(codings: [.gzip()]))
print(head.headerFields, content.count)
