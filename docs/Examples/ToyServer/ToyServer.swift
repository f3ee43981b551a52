import Foundation
public import HTTPOutputBuffering
public import HTTPTypes
public import Logging
import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A small server of HTTP/1 on blocking sockets, for `docs/write-an-adapter.md`: not for production.
public final class ToyServer: Sendable {
  /// How a request is answered.
  public enum Answer: Sendable {
    /// With these bytes, as they are.
    case bytes(String, contentType: String)
    /// With 400 (Bad Request).
    case refusal
    /// By a handler, whose response begins with a head.
    case handler(HTTPResponse, @Sendable @concurrent (BufferedResponse) async throws -> Void)
  }

  /// Says how a request is answered.
  public typealias Route = @Sendable (ToyRequest) async -> Answer

  /// The system didn't give the server a port.
  public struct NoPort: Error {
    /// Makes the error.
    public init() {}
  }

  /// Where the server listens, on 127.0.0.1.
  public let port: Int
  private let descriptor: Int32
  private let adapter: ToyAdapter
  private let route: Route
  private let isStopped = Atomic(false)

  /// Makes a server and begins to listen.
  ///
  /// - Parameters:
  ///   - port: The port; 0 for any.
  ///   - buffering: The engine that runs handlers.
  ///   - logger: The logger of the responses.
  ///   - route: Says how a request is answered.
  /// - Throws: ``NoPort``.
  public init(
    port: UInt16, buffering: ResponseBuffering, logger: Logger, route: @escaping Route
  ) throws {
    adapter = ToyAdapter(buffering: buffering, logger: logger)
    self.route = route
    // A write to a client that has left fails.
    signal(SIGPIPE, SIG_IGN)
    #if canImport(Glibc)
      descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    var isReused: Int32 = 1
    _ = unsafe setsockopt(
      descriptor, SOL_SOCKET, SO_REUSEADDR, &isReused, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let (descriptor, size) = (descriptor, socklen_t(MemoryLayout<sockaddr_in>.size))
    let isBound = unsafe withUnsafeMutablePointer(to: &address) { address in
      unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        var size = size
        return unsafe bind(descriptor, address, size) == 0 && listen(descriptor, 1024) == 0
          && getsockname(descriptor, address, &size) == 0
      }
    }
    guard isBound else { throw NoPort() }
    self.port = Int(UInt16(bigEndian: address.sin_port))
  }

  deinit { close(descriptor) }

  /// Accepts connections, on a thread of its own, until ``stop()``.
  public func start() {
    Thread.detachNewThread { [self] in
      while !isStopped.load(ordering: .acquiring) {
        var listening = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&listening, 1, 50) > 0 else { continue }
        let connection = accept(descriptor, nil, nil)
        guard connection >= 0 else { continue }
        let socket = ToySocket(connection)
        Task { await self.serve(socket) }
      }
    }
  }

  /// Shuts down gracefully: takes no more connections, and waits for responses and for the work after them.
  public func stop() async {
    isStopped.store(true, ordering: .releasing)
    let service = adapter.buffering.service
    service.beginShutdown()
    await service.responsesEnded()
    await service.drain()
  }

  private func serve(_ socket: ToySocket) async {
    var reader = ToyRequestReader(socket)
    do throws(ToyRequestReader.Failure) {
      while await answer(try await reader.next(), on: socket) {}
    } catch {
      if case .malformed(let status) = error { _ = await socket.refuse(status) }
    }
    await socket.finish(&reader)
  }

  private func answer(_ request: ToyRequest, on socket: ToySocket) async -> Bool {
    switch await route(request) {
    case .handler(let head, let handler):
      return await adapter.answer(request, on: socket, head: head, handler: handler)
    case .refusal: return await socket.refuse(.badRequest)
    case .bytes(let text, let contentType):
      let head =
        "HTTP/1.1 200 OK\r\nContent-Type: \(contentType)\r\nContent-Length: \(text.utf8.count)\r\n\r\n"
      return await socket.write(
        ContiguousArray((head + (request.method == .head ? "" : text)).utf8), stallLimit: nil)
    }
  }
}
