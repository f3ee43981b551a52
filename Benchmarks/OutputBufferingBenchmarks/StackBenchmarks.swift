import Benchmark
import OutputBuffering

/// Counts bytes and keeps none.
struct CountingSink: OutputSink {
  var byteCount = 0

  mutating func write(_ bytes: Span<UInt8>) {
    byteCount += bytes.count
  }

  mutating func flush() {}
}

func addStackBenchmarks() {
  Benchmark("stack-write-32B-open-buffer") { benchmark in
    let stack = OutputStack(sink: CountingSink())
    let line = Payload.line
    // Room for all of one iteration: what is measured is the write, not the growth. Twice, because a
    // buffer that is cleaned goes on with storage that was given back before.
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
}
