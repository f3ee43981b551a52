import HTTPContentCoding
public import HTTPOutputBuffering
public import HTTPTypes
import Logging
import Synchronization

extension ResponseBuffering {
  /// Runs a handler without a server and returns what its client received.
  ///
  /// ```swift
  /// let received = try await buffering.test { try await placeOrder($0) }
  /// ```
  ///
  /// It returns after the handler has returned and its hooks have run, so the service needn't run.
  /// It doesn't wait for work registered with `afterRelease`: call `AfterResponseService.drain()` on
  /// the service for that. Content in gzip or deflate is decoded, as is content in zstd and brotli
  /// with the traits `Zstd` and `Brotli`.
  ///
  /// - Parameters:
  ///   - request: The request; by default a GET that accepts gzip. One without `Accept-Encoding`
  ///     accepts no coding.
  ///   - version: The client's HTTP version.
  ///   - head: The initial head of the response.
  ///   - departure: When the client leaves.
  ///   - handler: The handler.
  /// - Returns: What the client received, including an error of the handler.
  /// - Throws: A decoder's error if the content doesn't match its coding, or if the coding is
  ///   unknown.
  public func test(
    _ request: HTTPRequest = HTTPRequest(
      method: .get, scheme: "http", authority: "localhost", path: "/",
      headerFields: [.acceptEncoding: "gzip"]),
    version: HTTPProtocolVersion = .http1_1,
    head: HTTPResponse = HTTPResponse(status: .ok),
    clientLeaves departure: ClientDeparture = .never,
    _ handler: @escaping @Sendable @concurrent (BufferedResponse) async throws -> Void
  ) async throws -> ReceivedResponse {
    service.own()
    let report = HandlerReport()
    var outlet = start(
      for: RequestMetadata(request, version: version), head: head, name: HandlerName(request),
      logger: Logger(label: "swift-output-buffering"), takesFiles: false,
      begin: { if departure == .beforeHead { $0.disconnected() } },
      handler: { response in
        response.observer = { report.look(at: $0) }
        // Registered after all other hooks, so that it runs last.
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
