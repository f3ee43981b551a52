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
    let spares = stack.storages.storages.map(\.capacity)
    for _ in 0..<10 {
      stack.write(repeatElement(1, count: 1000))
      try stack.flush()
    }
    #expect(stack.buffers[0].bytes.capacity >= 1000)
    #expect(storageAddress() == address)
    #expect(stack.storages.storages.map(\.capacity) == spares)
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
    let capacity = stack.buffers[0].bytes.capacity
    stack.start()
    stack.write("a")
    try stack.endFlush()
    #expect(capacity >= 10_000)
    #expect(stack.buffers[0].bytes.capacity == capacity)
    #expect(stack.contents == [UInt8(ascii: "a")])
  }

  @Test func `spare storage is bounded in number and in size`() throws {
    for _ in 0..<20 {
      stack.start()
      stack.write(repeatElement(1, count: 100))
    }
    stack.discardAll()
    #expect(stack.storages.storages.count == StorageFreeList.maximumCount)
    #expect(stack.storages.storages.allSatisfy { $0.isEmpty && $0.capacity >= 100 })

    let other = OutputStack(sink: ArraySink())
    other.start()
    other.write(repeatElement(1, count: StorageFreeList.maximumRetainedBytesPerStorage + 1))
    try other.endFlush()
    #expect(other.storages.storages.isEmpty)
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

  private func storageAddress() -> UInt? {
    stack.withContents { span in
      unsafe span.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
    }
  }
}
