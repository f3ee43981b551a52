import Testing

@testable import OutputBuffering

@Suite struct StorageReuseTests {
  let stack = OutputStack(sink: ArraySink())

  @Test func `a buffer takes over the storage of one that was ended`() throws {
    stack.start()
    stack.write(repeatElement(1, count: 1000))
    let address = storageAddress()
    try stack.endClean()
    stack.start()
    stack.write("a")
    #expect(storageAddress() == address)
  }

  @Test func `handler output reuses storage as well`() throws {
    stack.start(handler: ClosureOutputHandler.bracketing())
    for _ in 0..<3 {
      stack.write(repeatElement(1, count: 1000))
      try stack.flush()
    }
    let address = storageAddress()
    let spares = stack.buffers.storages.storages.map(\.capacity)
    for _ in 0..<10 {
      stack.write(repeatElement(1, count: 1000))
      try stack.flush()
    }
    #expect(stack.buffers.levels[0].bytes.capacity >= 1000)
    #expect(storageAddress() == address)
    #expect(stack.buffers.storages.storages.map(\.capacity) == spares)
  }

  @Test func `ending a buffer moves its storage into an empty parent`() throws {
    stack.start()
    stack.start()
    stack.write(repeatElement(1, count: 1_000_000))
    let address = storageAddress()
    try stack.endFlush()
    #expect(stack.length == 1_000_000)
    #expect(storageAddress() == address)
  }

  @Test func `a small payload does not displace larger storage`() throws {
    stack.start()
    stack.write(repeatElement(1, count: 10_000))
    try stack.endClean()
    stack.start()
    let capacity = stack.buffers.levels[0].bytes.capacity
    stack.start()
    stack.write("a")
    try stack.endFlush()
    #expect(capacity >= 10_000)
    #expect(stack.buffers.levels[0].bytes.capacity == capacity)
    #expect(stack.contents == [UInt8(ascii: "a")])
  }

  @Test func `spare storage is bounded in number and in size`() throws {
    for _ in 0..<20 {
      stack.start()
      stack.write(repeatElement(1, count: 100))
    }
    stack.discardAll()
    #expect(stack.buffers.storages.storages.count == StorageFreeList.maximumCount)
    #expect(stack.buffers.storages.storages.allSatisfy { $0.isEmpty && $0.capacity >= 100 })

    let other = OutputStack(sink: ArraySink())
    other.start()
    other.write(repeatElement(1, count: StorageFreeList.maximumRetainedBytesPerStorage + 1))
    try other.endFlush()
    #expect(other.buffers.storages.storages.isEmpty)
  }

  @Test func `contents that the user holds are not reused under him`() throws {
    stack.start()
    stack.write("abc")
    let taken = try stack.takeContents()
    stack.start()
    stack.write("xyz")
    let returned = try stack.endFlushReturningContents()
    stack.start()
    stack.write("123")
    #expect(taken == ContiguousArray("abc".utf8))
    #expect(returned == ContiguousArray("xyz".utf8))
  }

  @Test func `four nested buffers move one storage to the sink`() throws {
    let stack = OutputStack(sink: KeepingSink())
    // Storage larger than the page, in every buffer that the page passes.
    for _ in 0..<4 {
      stack.start()
      stack.write(repeatElement(1, count: 20_000))
    }
    stack.discardAll()
    for _ in 0..<3 { stack.start() }
    let page = ContiguousArray(repeatElement(2 as UInt8, count: 6000))
    let address = bytesAddress(of: page)
    stack.start()
    stack.write(taking: page)
    try stack.flush()
    for _ in 0..<4 { try stack.endFlush() }
    #expect(stack.sink.kept.map(\.count) == [6000])
    #expect(stack.sink.addresses == [address])
    #expect(stack.sink.spanCount == 0)
  }

  @Test func `what a handler has made moves to the sink`() throws {
    let stack = OutputStack(sink: KeepingSink())
    var address: UInt?
    stack.start()
    stack.start(named: "page") { _, _, output in
      output.append(contentsOf: repeatElement(3, count: 6000))
      address = bytesAddress(of: output)
    }
    stack.endAll()
    #expect(stack.sink.addresses == [address])
  }

  @Test func `storage that the sink leaves is used for later writes`() throws {
    let stack = OutputStack(sink: KeepingSink())
    stack.sink.spent.reserveCapacity(9000)
    let capacity = stack.sink.spent.capacity
    stack.start()
    stack.write("page")
    try stack.endFlush()
    #expect(stack.sink.kept == [ContiguousArray("page".utf8)])
    stack.start()
    #expect(stack.buffers.levels[0].bytes.capacity == capacity)
    #expect(stack.length == 0)
  }

  @Test func `a sink that takes no storage leaves all of it to the stack`() throws {
    stack.start()
    stack.write(repeatElement(1, count: 1000))
    let address = storageAddress()
    try stack.endFlush()
    stack.start()
    stack.write("a")
    #expect(storageAddress() == address)
    #expect(stack.sink.writes.map(\.count) == [1000])
  }

  @Test func `what is written with its storage moves into an empty buffer and counts as one write`()
    throws
  {
    let stack = OutputStack(sink: KeepingSink())
    stack.write(taking: [])
    stack.write(taking: [1, 2])
    stack.start(chunkSize: 1000)
    stack.write(taking: [3])
    stack.write(taking: ContiguousArray(repeatElement(4, count: 998)))
    #expect(stack.length == 999)
    stack.write(taking: [5, 6])
    #expect(stack.length == 0)
    #expect(stack.sink.kept.map(\.count) == [2, 1001])
    #expect(stack.sink.kept.last?.suffix(3) == [4, 5, 6])
  }

  @Test func `an array that was written with its storage stays as it is`() throws {
    let page = ContiguousArray(repeatElement(1 as UInt8, count: 1000))
    stack.start()
    stack.write(taking: page)
    stack.write("a")
    #expect(page == ContiguousArray(repeatElement(1, count: 1000)))
    #expect(stack.length == 1001)
  }

  private func storageAddress() -> UInt? {
    stack.withContents { span in
      unsafe span.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
    }
  }
}

/// A sink that takes storage and leaves spare storage in its place.
private struct KeepingSink: OutputSink {
  var kept: [ContiguousArray<UInt8>] = []
  var spent: ContiguousArray<UInt8> = []
  var spanCount = 0

  var addresses: [UInt] { kept.map(bytesAddress(of:)) }

  mutating func write(_ bytes: Span<UInt8>) { spanCount += 1 }

  mutating func write(taking storage: inout ContiguousArray<UInt8>) {
    kept.append(exchange(&storage, with: exchange(&spent, with: [])))
  }

  mutating func flush() {}
}

private func bytesAddress(of array: ContiguousArray<UInt8>) -> UInt {
  unsafe array.span.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
}
