import Foundation
import HTTPOutputBuffering
import HTTPTypes
import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A connection, read by a thread of its own and written by a queue of its own: no task blocks.
final class ToySocket: Sendable {
  private struct Departure {
    /// Set once the client has left.
    var isReset: Bool?
    var action: (@Sendable (_ isReset: Bool) -> Void)?
  }

  /// How long a call waits before it looks whether the connection is given up.
  private static let patience = timeval(tv_sec: 0, tv_usec: 50_000)

  private let descriptor: Int32
  private let queue = DispatchQueue(label: "toy-socket")
  private let isGivenUp = Atomic(false)
  private let departure = Mutex(Departure())
  private let input: AsyncStream<[UInt8]>
  /// Whether a write waits for the client.
  private let isBlocked = Atomic(false)
  /// How many parts are read ahead.
  ///
  /// A semaphore traps if it is freed with less than its first value, so that is 0.
  private let room = DispatchSemaphore(value: 0)

  /// What the client sends, part by part.
  struct Received {
    fileprivate var iterator: AsyncStream<[UInt8]>.Iterator
    fileprivate let room: DispatchSemaphore

    mutating func next() async -> [UInt8]? {
      defer { room.signal() }
      return await iterator.next(isolation: #isolation)
    }
  }

  init(_ descriptor: Int32) {
    self.descriptor = descriptor
    let (input, continuation) = AsyncStream.makeStream(of: [UInt8].self)
    self.input = input
    for _ in 0..<4 { room.signal() }
    setOption(SOL_SOCKET, SO_RCVTIMEO, Self.patience)
    setOption(SOL_SOCKET, SO_SNDTIMEO, Self.patience)
    // TCP_NODELAY: a flush is a flush.
    setOption(6, 1, Int32(1))
    Thread.detachNewThread { [self] in read(to: continuation) }
  }

  deinit { close(descriptor) }

  func received() -> Received { Received(iterator: input.makeAsyncIterator(), room: room) }

  private func setOption<Value: BitwiseCopyable>(_ level: Int32, _ name: Int32, _ value: Value) {
    var value = value
    _ = unsafe setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Value>.size))
  }

  private func read(to continuation: AsyncStream<[UInt8]>.Continuation) {
    var buffer = [UInt8](repeating: 0, count: 16 * 1024)
    while !isGivenUp.load(ordering: .acquiring) {
      let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
      if count > 0 {
        continuation.yield(Array(buffer[..<count]))
        while !isGivenUp.load(ordering: .acquiring), room.wait(timeout: .now() + 0.05) == .timedOut
        {}
      } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
        leave(isReset: count < 0)
        break
      }
    }
    continuation.finish()
  }

  /// Names what learns that the client has left, by a reset or by closing its sending side.
  func onDeparture(_ action: (@Sendable (_ isReset: Bool) -> Void)?) {
    let isReset = departure.withLock { departure in
      departure.action = action
      return departure.isReset
    }
    if let isReset { action?(isReset) }
  }

  private func leave(isReset: Bool) {
    let action = departure.withLock { departure in
      departure.isReset = isReset
      return departure.action
    }
    // What the client has read before it left was written: the end of a response is told first.
    isBlocked.load(ordering: .acquiring) ? action?(isReset) : queue.async { action?(isReset) }
  }

  /// Writes bytes.
  ///
  /// - Returns: Whether the system has taken all of them; `taken` is called before, in order with what is told of
  ///   the client.
  func write(
    _ bytes: ContiguousArray<UInt8>, stallLimit: Duration?,
    taken: @escaping @Sendable () -> Void = {}
  ) async -> Bool {
    await withCheckedContinuation { continuation in
      queue.async {
        let isTaken = self.send(bytes, stallLimit)
        if isTaken { taken() }
        continuation.resume(returning: isTaken)
      }
    }
  }

  private func send(_ bytes: ContiguousArray<UInt8>, _ stallLimit: Duration?) -> Bool {
    var position = 0
    defer { isBlocked.store(false, ordering: .releasing) }
    var stall: (meter: StallMeter, seen: UInt64)?
    while position < bytes.count {
      guard !isGivenUp.load(ordering: .acquiring) else { return false }
      let count = unsafe bytes.withUnsafeBytes { bytes in
        let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[position...])
        return unsafe Foundation.send(descriptor, rest.baseAddress, rest.count, 0)
      }
      if count > 0 {
        position += count
      } else if errno != EAGAIN && errno != EINTR {
        return false
      }
      isBlocked.store(position < bytes.count, ordering: .releasing)
      guard position < bytes.count, let stallLimit else { continue }
      let acknowledged = acknowledgedByteCount
      var watched = stall ?? (StallMeter(limit: stallLimit, now: .now), acknowledged)
      guard !watched.meter.isStalled(hasProgressed: acknowledged != watched.seen, now: .now)
      else { return false }
      watched.seen = acknowledged
      stall = watched
    }
    return true
  }

  /// What the client has acknowledged: room in the system's buffer says little of it.
  private var acknowledgedByteCount: UInt64 {
    guard let option = TCPInformation.socketOption else { return 0 }
    var information = TCPInformation()
    var length = socklen_t(MemoryLayout<TCPInformation>.size)
    let result = unsafe getsockopt(descriptor, 6, option, &information, &length)
    return result == 0 ? information.acknowledgedByteCount : 0
  }

  /// Answers with an error of the server's.
  ///
  /// - Returns: Whether the connection serves its next request.
  func refuse(_ status: HTTPResponse.Status, isPersistent: Bool = false) async -> Bool {
    var head = "HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\nContent-Length: 0\r\n"
    if !isPersistent { head += "Connection: close\r\n" }
    return await write(ContiguousArray("\(head)\r\n".utf8), stallLimit: nil) && isPersistent
  }

  /// Breaks the connection off: it ends by a reset, never as if in order.
  func reset() {
    setOption(SOL_SOCKET, SO_LINGER, linger(l_onoff: 1, l_linger: 0))
    isGivenUp.store(true, ordering: .releasing)
  }

  /// Ends the connection in order: the sending side first, then what the client still sends is read, for
  /// 2 s at most (RFC 9112 §9.6).
  func finish(_ reader: inout ToyRequestReader) async {
    guard !isGivenUp.load(ordering: .acquiring) else { return }
    _ = shutdown(descriptor, Int32(SHUT_WR))
    queue.asyncAfter(deadline: .now() + 2) { [weak self] in self?.giveUp() }
    await reader.drain()
    giveUp()
  }

  private func giveUp() {
    isGivenUp.store(true, ordering: .releasing)
  }
}
