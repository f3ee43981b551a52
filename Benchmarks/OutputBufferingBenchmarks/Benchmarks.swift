import Benchmark

extension Benchmark.Configuration {
  static var quick: Benchmark.Configuration {
    .init(
      metrics: [.wallClock, .allocations], warmupIterations: 5, scalingFactor: .kilo,
      maxDuration: .seconds(2), maxIterations: 5_000)
  }

  /// For what takes microseconds, not nanoseconds.
  static var slow: Benchmark.Configuration {
    .init(
      metrics: [.wallClock, .allocations], warmupIterations: 2, scalingFactor: .kilo,
      maxDuration: .seconds(5), maxIterations: 100)
  }
}

let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .quick
  addStackBenchmarks()
  addCodingBenchmarks()
  addResponseBenchmarks()
  addChannelBenchmarks()
  addPeerBenchmarks()
}
