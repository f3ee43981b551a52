#if Hummingbird
  import Foundation
  import Hummingbird
  import OutputBufferingHummingbird

  /// The page at `/`, with the source of the handlers.
  ///
  /// Each request reads both from the folder in which the server was compiled, so nothing has to be
  /// built or copied.
  struct DemoPage {
    private let page = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().appending(
        path: "DemoPage/index.html")
    private let handlers = URL(filePath: #filePath)
      .deletingLastPathComponent().appending(path: "Scenarios.swift")

    /// Replaces `<!-- source: NAME -->` by the named handler, and `ORIGIN` by the server's origin.
    ///
    /// - Throws: 404 if the server runs without its sources.
    func response(to request: Request) throws -> Response {
      guard let page = try? String(contentsOf: page, encoding: .utf8),
        let source = try? String(contentsOf: handlers, encoding: .utf8)
      else {
        throw HTTPError(.notFound, message: "the page is in \(page.path()), which isn't here")
      }
      let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
      let html =
        page
        .replacing(/<!-- source: (\w+) -->/) { handler(String($0.output.1), in: lines).escaped }
        .replacing("ORIGIN", with: "http://\(request.head.authority ?? "127.0.0.1")".escaped)
      return Response(
        status: .ok,
        headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }

    /// Returns the lines of a method, from `func` to its closing brace.
    private func handler(_ name: String, in lines: [Substring]) -> String {
      let declaration = lines.firstIndex { $0.contains(" func \(name)(") }
      guard let declaration, let end = lines[declaration...].firstIndex(of: "    }") else {
        return "no handler is called \(name)"
      }
      return lines[declaration...end].map { $0.dropFirst(4) }.joined(separator: "\n")
    }
  }

  extension String {
    /// The text as HTML.
    fileprivate var escaped: String {
      replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
        .replacing("\"", with: "&quot;")
    }
  }
#endif
