import HTTPContentCoding
public import HTTPOutputBuffering
public import HTTPTypes
import Logging
import Synchronization

extension ResponseBuffering {
  /// Runs a handler without a server and says what its client got.
  ///
  /// ```swift
  /// let received = try await buffering.test { try await placeOrder($0) }
  /// ```
  ///
  /// It returns when the handler has returned and its hooks have run. The content is decoded where its coding
  /// is gzip or deflate.
  ///
  /// - Parameters:
  ///   - request: The request; without fields it accepts gzip.
  ///   - version: The version of HTTP that the client speaks.
  ///   - head: The head that the response begins with.
  ///   - departure: When the client leaves.
  ///   - handler: The handler.
  /// - Returns: What the client got. An error of the handler is in it.
  /// - Throws: What a decoder throws: the content isn't in its coding, or in one that isn't known here.
  public func test(
    _ request: HTTPRequest = HTTPRequest(
      method: .get, scheme: "http", authority: "localhost", path: "/",
      headerFields: [.acceptEncoding: "gzip"]),
    version: HTTPProtocolVersion = .http1_1,
    head: HTTPResponse = HTTPResponse(status: .ok),
    clientLeaves departure: ClientDeparture = .never,
    _ handler: @escaping @Sendable @concurrent (BufferedResponse) async throws -> Void
  ) async throws -> ReceivedResponse {
    let report = HandlerReport()
    var outlet = start(
      for: RequestMetadata(request, version: version), head: head, name: HandlerName(request),
      logger: Logger(label: "swift-output-buffering"), takesFiles: false,
      begin: { if departure == .beforeHead { $0.disconnected() } },
      handler: { response in
        response.observer = { report.look(at: $0) }
        // Registered when all others are, so that it runs last.
        defer { try? response.atEnd { report.end($0) } }
        do {
          try await handler(response)
          report.handlerReturned(nil)
        } catch {
          report.handlerReturned(error)
          throw error
        }
      })
    var client = TestClient()
    do {
      try await client.receive(&outlet, leaving: departure, report)
    } catch {
      outlet.exchange.disconnected()
      _ = await report.ended()
      throw error
    }
    return await report.ended().completing(client.received)
  }
}
