import Benchmark
import Foundation

extension Benchmark.Configuration {
  static var quick: Benchmark.Configuration {
    .init(
      metrics: [.wallClock, .allocations], warmupIterations: 5, scalingFactor: .kilo,
      maxDuration: .seconds(2), maxIterations: iterations(5_000))
  }

  /// For operations that take microseconds, not nanoseconds.
  static var slow: Benchmark.Configuration {
    .init(
      metrics: [.wallClock, .allocations], warmupIterations: 2, scalingFactor: .kilo,
      maxDuration: .seconds(5), maxIterations: iterations(100))
  }

  /// The number of iterations, or the limit that the environment sets: a few suffice to count
  /// allocations.
  private static func iterations(_ count: Int) -> Int {
    let limit = ProcessInfo.processInfo.environment["BENCHMARK_ITERATIONS"].flatMap { Int($0) }
    return min(count, limit ?? count)
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
