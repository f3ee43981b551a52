import AllocationCounter
import Benchmark

extension BenchmarkMetric {
  /// The allocations of one iteration, divided by the scaling factor like all metrics.
  static let allocations = BenchmarkMetric.custom(
    "Allocations", polarity: .prefersSmaller, useScalingFactor: true)
}

extension Benchmark {
  /// Measures an operation, repeated according to the benchmark's scaling factor.
  ///
  /// The repetitions before the measurement warm up reusable storage.
  func measure(_ operation: () throws -> Void) rethrows {
    for _ in 0..<8 { try operation() }
    startMeasurement()
    let before = allocation_count()
    for _ in scaledIterations { try operation() }
    let count = allocation_count() - before
    stopMeasurement()
    measurement(.allocations, Int(count))
  }
}
