import Benchmark
import GzipContentCoding
import HTTPContentCoding

func addCodingBenchmarks() {
  Benchmark("gzip-whole-6KiB", configuration: .slow) { benchmark in
    try measureWholeBody(Payload.page6KB, benchmark)
  }

  Benchmark("gzip-whole-64KiB", configuration: .slow) { benchmark in
    try measureWholeBody(Payload.page64KB, benchmark)
  }

  // The engines for whole bodies, each at a level at which it is the default.
  for (name, engine, level) in [
    ("libdeflate", DeflateEngine.libdeflate, CompressionLevel(clamping: 6)), ("isal", .isal, 1),
  ] {
    Benchmark("gzip-whole-6KiB-\(name)", configuration: .slow) { benchmark in
      try measureWholeBody(Payload.page6KB, by: engine, level: level, benchmark)
    }
  }

  Benchmark("gzip-event-sync-flush", configuration: .slow) { benchmark in
    var encoder = try ContentCodingOffer.gzip(level: 6).pool.lease()
    var output: ContiguousArray<UInt8> = []
    let event = Payload.event
    try benchmark.measure {
      output.removeAll(keepingCapacity: true)
      try encoder.encode(event.span, flush: .sync, into: &output)
    }
  }

  // Two streams that take turns: with a shared encoder, which moves between them, and with one
  // encoder each, which never moves.
  for (name, idleEncoderLimit) in [("taken", 1), ("parked", 2)] {
    Benchmark("gzip-idle-event-\(name)", configuration: .slow) { benchmark in
      let pool = ContentCodingOffer.gzip(level: 6, idleEncoderLimit: idleEncoderLimit).pool
      var first = try pool.lease()
      var second = try pool.lease()
      var output: ContiguousArray<UInt8> = []
      let event = Payload.event
      try benchmark.measure {
        output.removeAll(keepingCapacity: true)
        try first.encode(event.span, flush: .sync, into: &output)
        first.park()
        try second.encode(event.span, flush: .sync, into: &output)
        second.park()
      }
    }
  }

  Benchmark("accept-encoding-browser") { benchmark in
    benchmark.measure { blackHole(AcceptEncoding(fieldValues: Payload.browserAcceptEncoding)) }
  }
}

private func measureWholeBody(
  _ body: ContiguousArray<UInt8>, by engine: DeflateEngine = .zlib, level: CompressionLevel = 6,
  _ benchmark: Benchmark
) throws {
  let pool = ContentCodingOffer.gzip(level: level, engine: engine).wholePool
  var output: ContiguousArray<UInt8> = []
  try benchmark.measure {
    output.removeAll(keepingCapacity: true)
    var encoder = try pool.lease()
    try encoder.encode(body.span, flush: .finish, into: &output)
  }
}
