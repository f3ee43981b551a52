import HTTPContentCoding
import Synchronization
import Testing

@Suite struct ContentEncoderPoolTests {
  /// Copies its input and records what happens to it.
  private final class StubEncoder: ContentEncoder {
    let coding = ContentCoding.identity
    let log: Log
    var hasEncoded = false

    init(_ log: Log) {
      self.log = log
      log.made.add(1, ordering: .relaxed)
    }

    deinit { log.freed.add(1, ordering: .relaxed) }

    func encode(
      _ input: Span<UInt8>, flush: EncoderFlush, into output: inout ContiguousArray<UInt8>
    ) throws(ContentEncoderError) {
      if log.encodingFails.load(ordering: .relaxed) {
        throw ContentEncoderError(code: .corruptedState, message: "stub")
      }
      hasEncoded = true
      for index in input.indices { output.append(input[index]) }
    }

    func reset() throws(ContentEncoderError) {
      log.resets.add(1, ordering: .relaxed)
      if log.resettingFails.load(ordering: .relaxed) {
        throw ContentEncoderError(code: .corruptedState, message: "stub")
      }
      hasEncoded = false
    }
  }

  private final class Log: Sendable {
    let made = Atomic(0)
    let freed = Atomic(0)
    let resets = Atomic(0)
    let encodingFails = Atomic(false)
    let resettingFails = Atomic(false)

    func pool(capacity: Int) -> ContentEncoderPool {
      ContentEncoderPool(capacity: capacity) { StubEncoder(self) }
    }
  }

  /// A lease that a class stores, like a response.
  private final class Response {
    var lease: ContentEncoderLease?
    var output: ContiguousArray<UInt8> = []

    func write(_ bytes: [UInt8]) throws(ContentEncoderError) {
      try lease?.encode(bytes.span, flush: .none, into: &output)
    }
  }

  @Test func `An encoder is made when none is idle and reused when one is`() throws {
    let log = Log()
    let pool = log.pool(capacity: 2)
    #expect(pool.liveCount == 0 && pool.idleCount == 0)
    for _ in 0..<3 {
      let lease = try pool.lease()
      #expect(lease.coding == .identity)
      #expect(pool.liveCount == 1 && pool.idleCount == 0)
      _ = consume lease
      #expect(pool.liveCount == 0 && pool.idleCount == 1)
    }
    #expect(log.made.load(ordering: .relaxed) == 1)
    #expect(log.resets.load(ordering: .relaxed) == 3, "reset on its way in, not on its way out")
  }

  @Test(arguments: [0, 1, 2, -1])
  func `No more idle encoders are kept than the capacity`(capacity: Int) throws {
    let log = Log()
    let pool = log.pool(capacity: capacity)
    do {
      let first = try pool.lease()
      let second = try pool.lease()
      let third = try pool.lease()
      #expect(pool.liveCount == 3)
      _ = consume first
      _ = consume second
      _ = consume third
    }
    #expect(pool.liveCount == 0)
    #expect(pool.idleCount == max(0, capacity))
    #expect(pool.capacity == max(0, capacity))
    #expect(log.freed.load(ordering: .relaxed) == 3 - max(0, capacity))
  }

  @Test func `A lease gives back when its owner goes away, also in the middle of a body`() throws {
    let pool = Log().pool(capacity: 1)
    do {
      let response = Response()
      response.lease = try pool.lease()
      try response.write([1, 2, 3])
      #expect(response.output == [1, 2, 3])
      #expect(pool.liveCount == 1)
    }
    #expect(pool.liveCount == 0 && pool.idleCount == 1)
  }

  @Test func `A lease gives back early if its owner lets go of it`() throws {
    let pool = Log().pool(capacity: 1)
    let response = Response()
    response.lease = try pool.lease()
    response.lease = nil
    #expect(pool.liveCount == 0 && pool.idleCount == 1)
    try response.write([1])
    #expect(response.output.isEmpty)
  }

  @Test func `An encoder that failed comes back reset`() throws {
    let log = Log()
    let pool = log.pool(capacity: 1)
    log.encodingFails.store(true, ordering: .relaxed)
    do {
      let response = Response()
      response.lease = try pool.lease()
      #expect(throws: ContentEncoderError.self) { try response.write([1]) }
    }
    #expect(log.resets.load(ordering: .relaxed) == 1)
    #expect(pool.idleCount == 1)
  }

  @Test func `An encoder that cannot be reset is dropped`() throws {
    let log = Log()
    let pool = log.pool(capacity: 1)
    log.resettingFails.store(true, ordering: .relaxed)
    _ = try pool.lease()
    #expect(pool.liveCount == 0 && pool.idleCount == 0)
    #expect(log.freed.load(ordering: .relaxed) == 1)
  }

  @Test func `An encoder that cannot be made is an error and not counted`() {
    let pool = ContentEncoderPool(capacity: 1) {
      () throws(ContentEncoderError) -> sending any ContentEncoder in
      throw ContentEncoderError(code: .outOfMemory, message: "stub")
    }
    let error = #expect(throws: ContentEncoderError.self) { _ = try pool.lease() }
    #expect(error?.code == .outOfMemory)
    #expect(pool.liveCount == 0)
  }

  @Test func `Counts are right after concurrent use`() async throws {
    let log = Log()
    let pool = log.pool(capacity: 4)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<32 {
        group.addTask {
          for round in 0..<100 {
            var lease = try pool.lease()
            var output: ContiguousArray<UInt8> = []
            try lease.encode([1, 2, 3].span, flush: .none, into: &output)
            #expect(output == [1, 2, 3])
            if round.isMultiple(of: 10) { await Task.yield() }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(pool.liveCount == 0)
    #expect(pool.idleCount <= 4)
    let alive = log.made.load(ordering: .relaxed) - log.freed.load(ordering: .relaxed)
    #expect(alive == pool.idleCount)
    #expect(log.resets.load(ordering: .relaxed) == 3200)
  }

  /// Numbers the encoded bytes, so that a member shows which encoder continued it and from where.
  private final class CountingEncoder: ContentEncoder {
    let coding = ContentCoding.identity
    let canSuspend: Bool
    var count = 0

    init(canSuspend: Bool) { self.canSuspend = canSuspend }

    func encode(
      _ input: Span<UInt8>, flush: EncoderFlush, into output: inout ContiguousArray<UInt8>
    ) throws(ContentEncoderError) {
      count += 1
      output.append(UInt8(count))
    }

    func reset() throws(ContentEncoderError) { count = 0 }

    func suspend() -> SuspendedMember? { canSuspend ? SuspendedMember(state: count) : nil }

    func resume(_ member: SuspendedMember) throws(ContentEncoderError) {
      count = member.state as? Int ?? -1
    }
  }

  private func countingPool(capacity: Int, canSuspend: Bool = true) -> ContentEncoderPool {
    ContentEncoderPool(capacity: capacity) { CountingEncoder(canSuspend: canSuspend) }
  }

  private func encode(_ lease: inout ContentEncoderLease) throws -> UInt8? {
    var output: ContiguousArray<UInt8> = []
    try lease.encode([0].span, flush: .sync, into: &output)
    return output.first
  }

  @Test(arguments: [0, 1, 2, 5])
  func `Parked members continue, whichever stream has their encoder`(capacity: Int) throws {
    let pool = countingPool(capacity: capacity)
    var first = try pool.lease()
    var second = try pool.lease()
    var third = try pool.lease()
    for round in 1...5 {
      #expect(try encode(&first) == UInt8(round))
      first.park()
      #expect(try encode(&second) == UInt8(round))
      second.park()
      #expect(try encode(&third) == UInt8(round))
      third.park()
      third.park()
      #expect(pool.idleCount == min(capacity, 3))
      #expect(pool.liveCount == 0)
      // Another stream leases a reset encoder.
      var other = try pool.lease()
      #expect(try encode(&other) == 1)
    }
    _ = consume first
    _ = consume second
    _ = consume third
    #expect(pool.liveCount == 0)
    #expect(pool.idleCount == min(capacity, 3))
    var last = try pool.lease()
    #expect(try encode(&last) == 1)
  }

  @Test func `A flush with nothing new takes no encoder`() throws {
    let pool = countingPool(capacity: 1)
    let nothing: [UInt8] = []
    var output: ContiguousArray<UInt8> = []
    var first = try pool.lease()
    var second = try pool.lease()
    #expect(try encode(&first) == 1)
    first.park()
    #expect(try encode(&second) == 1)
    second.park()
    try first.encode(nothing.span, flush: .sync, into: &output)
    try first.encode(nothing.span, flush: .none, into: &output)
    #expect(output.isEmpty && pool.liveCount == 0)
    #expect(try encode(&first) == 2)
  }

  @Test func `Only an encoder that a sync flush has emptied is parked`() throws {
    let pool = countingPool(capacity: 1)
    let bytes: [UInt8] = [0]
    var output: ContiguousArray<UInt8> = []
    var lease = try pool.lease()
    lease.park()
    #expect(pool.liveCount == 1)
    for (input, flush, parks) in [
      (bytes, EncoderFlush.none, false), ([], .sync, true), (bytes, .none, false),
      (bytes, .sync, true), (bytes, .finish, false),
    ] {
      try lease.encode(input.span, flush: flush, into: &output)
      lease.park()
      #expect(pool.liveCount == (parks ? 0 : 1))
    }
  }

  @Test func `A member whose next encoder can't be made goes on with a later one`() throws {
    let fails = Mutex(false)
    let pool = ContentEncoderPool(capacity: 0) {
      () throws(ContentEncoderError) -> sending any ContentEncoder in
      guard !fails.withLock({ $0 }) else {
        throw ContentEncoderError(code: .outOfMemory, message: "stub")
      }
      return CountingEncoder(canSuspend: true)
    }
    var lease = try pool.lease()
    #expect(try encode(&lease) == 1)
    lease.park()
    fails.withLock { $0 = true }
    for _ in 0..<2 {
      #expect(throws: ContentEncoderError.self) { _ = try encode(&lease) }
      #expect(pool.liveCount == 0)
    }
    fails.withLock { $0 = false }
    #expect(try encode(&lease) == 2)
    #expect(pool.liveCount == 1)
  }

  @Test func `An encoder that can't leave its member stays with it`() throws {
    let pool = countingPool(capacity: 1, canSuspend: false)
    var first = try pool.lease()
    var second = try pool.lease()
    #expect(try encode(&first) == 1)
    first.park()
    #expect(try encode(&second) == 1)
    second.park()
    #expect(pool.liveCount == 2 && pool.idleCount == 0)
    #expect(try encode(&first) == 2)
    #expect(try encode(&second) == 2)
  }

  @Test func `Parked members survive concurrent use`() async throws {
    let pool = countingPool(capacity: 3)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<16 {
        group.addTask {
          for _ in 0..<20 {
            var lease = try pool.lease()
            for count in 1...10 {
              var output: ContiguousArray<UInt8> = []
              try lease.encode([0].span, flush: .sync, into: &output)
              #expect(output == [UInt8(count)])
              lease.park()
              await Task.yield()
            }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(pool.liveCount == 0)
    #expect(pool.idleCount <= 3)
  }

  @Test func `An error describes itself with its cause`() {
    let cause = ContentEncoderError(code: .corruptedState, message: "beneath")
    let error = ContentEncoderError(code: .invalidState, message: "above", cause: cause)
    #expect(error.description == "invalidState: above (corruptedState: beneath)")
    #expect(error.code != cause.code)
  }
}
