import Foundation
package import OutputBufferingTesting

/// An HTTP/1 client for asynchronous tests, which blocks a queue of its own and no thread of the
/// server's.
package final class AsyncClient: Sendable {
  private let queue = DispatchQueue(label: "client")
  private nonisolated(unsafe) let connection: HTTP1Connection

  /// Connects to a server on 127.0.0.1.
  package init(port: Int, receiveBufferByteCount: Int? = nil) throws {
    unsafe connection = try HTTP1Connection(
      port: port, receiveBufferByteCount: receiveBufferByteCount)
  }

  /// Runs blocking operations of the client.
  @discardableResult
  package func callAsFunction<Result: Sendable>(
    _ body: @escaping @Sendable (HTTP1Connection) throws -> Result
  ) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      queue.async {
        continuation.resume(with: Swift.Result { try unsafe body(self.connection) })
      }
    }
  }

  package func send(_ text: String) async throws {
    try await self { try $0.send(text) }
  }

  /// Sends a request with some field lines.
  package func get(_ path: String, _ lines: String...) async throws {
    let lines = (["Host: test"] + lines).joined(separator: "\r\n")
    try await send("GET \(path) HTTP/1.1\r\n\(lines)\r\n\r\n")
  }

  /// Reads the next response, until it ends or the condition holds.
  package func readResponse(
    to method: String = "GET",
    until condition: @escaping @Sendable (WireMessage) -> Bool = { _ in false }
  ) async throws -> WireMessage {
    try await self { try $0.readResponse(to: method, until: condition) }
  }

  /// Reads the next response up to its head.
  package func readHead() async throws -> WireMessage {
    try await readResponse { $0.head != nil }
  }

  /// Reads more of a response.
  package func read(
    _ message: WireMessage,
    until condition: @escaping @Sendable (WireMessage) -> Bool = { _ in false }
  ) async throws {
    try await self { try $0.read(message, until: condition) }
  }

  /// Waits for the connection's end; false if bytes that belong to no message came before it.
  package func waitForEnd() async throws -> Bool {
    try await self { try $0.waitForEnd().late.isEmpty }
  }
}
