import AllocationCounter
import Benchmark

extension BenchmarkMetric {
  /// Allocations of one iteration, divided by the scaling factor as all metrics are.
  static let allocations = BenchmarkMetric.custom(
    "Allocations", polarity: .prefersSmaller, useScalingFactor: true)
}

extension Benchmark {
  /// Measures an operation that is repeated as often as the benchmark's scaling factor says.
  ///
  /// The repetitions before the measurement warm up what is kept for reuse.
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
