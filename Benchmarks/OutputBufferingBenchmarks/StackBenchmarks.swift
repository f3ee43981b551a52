import Benchmark
import OutputBuffering

/// Counts bytes and discards them.
struct CountingSink: OutputSink {
  var byteCount = 0

  mutating func write(_ bytes: Span<UInt8>) {
    byteCount += bytes.count
  }

  mutating func flush() {}
}

func addStackBenchmarks() {
  // The baseline for a write into an open buffer.
  Benchmark("array-append-32B") { benchmark in
    let line = Payload.line
    var array: ContiguousArray<UInt8> = []
    for _ in 0..<1_100 { array.append(contentsOf: line) }
    array.removeAll(keepingCapacity: true)
    benchmark.measure { array.append(contentsOf: line) }
    blackHole(array.count)
  }

  Benchmark("stack-write-32B-open-buffer") { benchmark in
    let stack = OutputStack(sink: CountingSink())
    let line = Payload.line
    // Make room for a whole iteration, so that the write is measured and not the growth. Do it
    // twice, because a cleaned buffer continues with storage that was returned earlier.
    stack.start()
    for _ in 0..<2 {
      for _ in 0..<1_100 { stack.write(line.span) }
      try stack.clean()
    }
    benchmark.measure { stack.write(line.span) }
  }

  Benchmark("stack-write-32B-no-buffer") { benchmark in
    let stack = OutputStack(sink: CountingSink())
    let line = Payload.line
    benchmark.measure { stack.write(line.span) }
    blackHole(stack.sink.byteCount)
  }

  Benchmark("stack-start-write-endFlush") { benchmark in
    let stack = OutputStack(sink: CountingSink())
    let line = Payload.line
    try benchmark.measure {
      stack.start()
      stack.write(line.span)
      try stack.endFlush()
    }
  }

  Benchmark("stack-4-nested-flushAll") { benchmark in
    let stack = OutputStack(sink: CountingSink())
    let line = Payload.line
    for _ in 0..<4 { stack.start() }
    try benchmark.measure {
      stack.write(line.span)
      try stack.flushAll()
    }
  }

  Benchmark("stack-4-nested-page-6KB") { benchmark in
    let stack = OutputStack(sink: CountingSink())
    let page = Payload.page6KB
    try benchmark.measure {
      for _ in 0..<4 { stack.start() }
      stack.write(page.span)
      for _ in 0..<4 { try stack.endFlush() }
    }
  }
}
