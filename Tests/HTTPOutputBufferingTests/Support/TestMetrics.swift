import CoreMetrics
import Synchronization

/// Sums the counters of the whole process.
final class TestMetrics: MetricsFactory {
  /// A process can bootstrap its metrics only once.
  static let shared: TestMetrics = {
    let factory = TestMetrics()
    MetricsSystem.bootstrap(factory)
    return factory
  }()

  private let values = Mutex<[String: Int64]>([:])

  /// The sum of a label's values, with dimensions appended as `{name=value,…}`.
  func value(_ key: String) -> Int64 { values.withLock { $0[key, default: 0] } }

  fileprivate func add(_ amount: Int64, to key: String) {
    values.withLock { $0[key, default: 0] += amount }
  }

  private func key(_ label: String, _ dimensions: [(String, String)]) -> String {
    if dimensions.isEmpty { return label }
    return "\(label){\(dimensions.map { "\($0)=\($1)" }.joined(separator: ","))}"
  }

  func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    Handler(key: key(label, dimensions), metrics: self)
  }
  func makeRecorder(
    label: String, dimensions: [(String, String)], aggregate: Bool
  ) -> any RecorderHandler {
    Handler(key: key(label, dimensions), metrics: self)
  }
  func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    Handler(key: key(label, dimensions), metrics: self)
  }
  func destroyCounter(_ handler: any CounterHandler) {}
  func destroyRecorder(_ handler: any RecorderHandler) {}
  func destroyTimer(_ handler: any TimerHandler) {}

  private final class Handler: CounterHandler, RecorderHandler, TimerHandler {
    let key: String
    let metrics: TestMetrics

    init(key: String, metrics: TestMetrics) {
      self.key = key
      self.metrics = metrics
    }

    func increment(by amount: Int64) { metrics.add(amount, to: key) }
    func reset() {}
    func record(_ value: Int64) { metrics.add(1, to: key) }
    func record(_ value: Double) { metrics.add(1, to: key) }
    func recordNanoseconds(_ duration: Int64) {}
  }
}
