#if Hummingbird
  import Foundation
  import Hummingbird
  import OutputBufferingHummingbird

  /// The scenarios, one route each.
  struct Scenarios: Sendable {
    typealias Context = DemoContext

    let buffering: ResponseBuffering
    let marks: Marks
    let sessions = SessionLocks()

    func add(to router: Router<Context>) {
      router.get("early") { try await early($0, $1, $0.connection ?? .keepAlive) }
      router.get("early-close") { try await early($0, $1, $0.connection ?? .close) }
      router.get("login", use: login)
      router.get("account", use: account)
      router.get("order") { try await order($0, $1, ignoresDisconnect: true) }
      router.get("order-cancelled") { try await order($0, $1, ignoresDisconnect: false) }
      router.get("nested", use: nested)
      router.get("page", use: page)
      router.get("events", use: events)
      router.get("tagged", use: tagged)
      router.get("marks") { _, _ in marks.description }
      router.get("marks/stream", use: watch)
      router.get("codings") { request, _ in codings(of: request) }
      router.get("/") { request, _ in try DemoPage().response(to: request) }
    }

    /// 1 and 2: answer early, keep working, and write text that no client may see.
    func early(
      _ request: Request, _ context: Context, _ connection: BufferedResponse.ConnectionPersistence
    ) async throws -> Response {
      let (id, work) = (request.runID, request.work)
      return try await buffering.response(to: request, context: context, head: .html) { response in
        try await response.write("<h1>Thank you</h1>" + loremIpsum)
        try await response.finish(connection)
        try await Task.sleep(for: work)
        try await response.write("text that nobody may see")
        marks.set("done", for: id, to: "\(response.discardedByteCount)")
      }
    }

    /// 3: a redirect, then work; the session lock is free before the client can follow.
    @Sendable func login(_ request: Request, _ context: Context) async throws -> Response {
      let (id, session, work) = (request.runID, request.session, request.work)
      let connection = request.connection ?? .keepAlive
      return try await buffering.response(to: request, context: context) { response in
        await sessions.lock(session)
        try response.beforeRelease { await sessions.unlock(session) }
        try response.updateHead { head in
          head.status = .found
          head.headerFields[.cacheControl] = "no-store"
          head.headerFields[.location] = "/account?session=\(session)"
        }
        try await response.finish(connection)
        try await Task.sleep(for: work)
        marks.set("done", for: id, to: "yes")
      }
    }

    /// The request that follows: it needs the same lock.
    @Sendable func account(_ request: Request, _ context: Context) async throws -> Response {
      let session = request.session
      return try await buffering.response(to: request, context: context, head: .html) { response in
        await sessions.lock(session)
        try response.beforeRelease { await sessions.unlock(session) }
        try await response.write("<h1>Your account</h1>")
      }
    }

    /// 4 and 5: the client vanishes between "charge" and "record".
    func order(
      _ request: Request, _ context: Context, ignoresDisconnect: Bool
    ) async throws -> Response {
      let (id, work) = (request.runID, request.work)
      return try await buffering.response(to: request, context: context, head: .html) { response in
        response.ignoresDisconnect = ignoresDisconnect
        try response.atEnd { status in marks.set("end", for: id, to: "\(status)") }
        marks.set("charged", for: id, to: "yes")
        try await response.write(loremIpsum.prefix(640) + "<p>Charging your card")
        try await response.flush()
        do {
          try await Task.sleep(for: work)
        } catch {
          marks.set("cancelled", for: id, to: "yes")
          throw error
        }
        marks.set("recorded", for: id, to: "yes")
        try await response.write(" … done.</p>")
      }
    }

    /// 6: nested buffers with a handler, one flush.
    @Sendable func nested(_ request: Request, _ context: Context) async throws -> Response {
      let (id, work) = (request.runID, request.work)
      return try await buffering.response(to: request, context: context, head: .html) { response in
        try response.atEnd { status in marks.set("end", for: id, to: "\(status)") }
        response.output.start()
        response.output.start(named: "upper") { input, _, output in
          for index in input.indices {
            let byte = input[index]
            output.append(
              (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? byte - 32 : byte)
          }
        }
        try await response.write(firstParagraph)
        try await response.flush()
        try await Task.sleep(for: work)
        try await response.write(secondParagraph)
      }
    }

    /// 7: a page built in nested buffers, one of them discarded, sent whole.
    @Sendable func page(_ request: Request, _ context: Context) async throws -> Response {
      let id = request.runID
      return try await buffering.response(to: request, context: context, head: .html) { response in
        try response.atEnd { status in marks.set("end", for: id, to: "\(status)") }
        let output = response.output
        output.start()
        output.write("<html><body>")
        output.start()
        output.write(loremIpsum)
        try output.endFlush()
        output.start()
        output.write("<p>an advertisement that was not wanted after all</p>")
        try output.endClean()
        output.write("</body></html>")
        try output.endFlush()
      }
    }

    /// 8: every event arrives as soon as it is written.
    @Sendable func events(_ request: Request, _ context: Context) async throws -> Response {
      let (id, pause) = (request.runID, request.work * 0.3)
      return try await buffering.response(to: request, context: context, head: .eventStream) {
        response in
        try response.atEnd { status in marks.set("end", for: id, to: "\(status)") }
        for number in 1...4 {
          try await response.write("id: \(number)\ndata: \(reading(number))\n\n")
          try await Task.sleep(for: pause)
        }
      }
    }
  }

  // The middleware's effect on a plain Hummingbird route.
  extension Scenarios {
    /// 9: a route that compares tags as text.
    ///
    /// The middleware codes its page and restores the page's own tag in requests.
    @Sendable func tagged(_ request: Request, _ context: Context) async throws -> Response {
      let fields: HTTPFields = [
        .contentType: "text/html; charset=utf-8", .eTag: "\"v1\"", .cacheControl: "no-cache",
      ]
      if request.headers[.ifNoneMatch] == fields[.eTag] {
        return Response(status: .notModified, headers: fields)
      }
      return Response(
        status: .ok, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(string: loremIpsum))
      )
    }
  }

  // Further routes for the page at `/`.
  extension Scenarios {
    /// Sends each mark as soon as it is set.
    @Sendable func watch(_ request: Request, _ context: Context) async throws -> Response {
      try await buffering.response(to: request, context: context, head: .eventStream) { response in
        let stream = marks.stream(until: response.shutdown)
        try await response.flush()
        for await mark in stream {
          let json = String(decoding: try JSONEncoder().encode(mark), as: UTF8.self)
          try await response.write("data: \(json)\n\n")
        }
      }
    }

    /// Returns the codings on offer, and those that the client accepts.
    func codings(of request: Request) -> [String: [String]] {
      let offered = buffering.settings.codings.map(\.coding.name)
      return ["offered": offered, "accepted": request.acceptedCodings]
    }
  }

  let loremIpsum = String(
    repeating: "<p>Lorem ipsum dolor sit amet, consectetur adipiscing elit.</p>\n", count: 100)

  let firstParagraph = """
    <p>The first paragraph is flushed: it passes through the handler that makes capitals, the buffer \
    below it and the coder, and the client has it while the handler waits for the second.</p>

    """
  let secondParagraph = """
    <p>The second paragraph is what the handler waited for: the end of the response flushes it, and \
    the client has the whole page.</p>

    """

  /// Returns a weather station's report, as JSON.
  func reading(_ number: Int) -> String {
    """
    {"station":"Helgoland","reading":\(number),"temperature":{"value":14.2,"unit":"celsius"},\
    "pressure":{"value":1013,"unit":"hectopascal"},"wind":{"value":7.5,"unit":"metres per second"}}
    """
  }

  extension HTTPResponse {
    static let html = HTTPResponse(
      status: .ok,
      headerFields: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"])
    static let eventStream = HTTPResponse(
      status: .ok, headerFields: [.contentType: "text/event-stream", .cacheControl: "no-store"])
  }

  extension Request {
    /// The name of a scenario's run in the marks.
    var runID: String { uri.queryParameters["id"].map(String.init) ?? "-" }
    var session: String { uri.queryParameters["session"].map(String.init) ?? "-" }
    /// How long the handler keeps working; one second unless the request asks for more.
    var work: Duration {
      .seconds(min(max(uri.queryParameters["work"].flatMap { Int($0) } ?? 1, 1), 10))
    }
    /// The connection's persistence after an early finish; nil if the request doesn't set it.
    var connection: BufferedResponse.ConnectionPersistence? {
      switch uri.queryParameters["connection"] {
      case "keepAlive": .keepAlive
      case "close": .close
      default: nil
      }
    }
  }
#endif
