import Logging
import Synchronization

/// Records the level and the single metadata value of each line.
final class RecordingLogHandler: LogHandler {
  private let recorded = Mutex<[(message: String, line: String)]>([])
  private let onEvent: @Sendable () -> Void
  var lines: [String] { recorded.withLock { $0.map(\.line) } }
  /// The level and the message of each line.
  var messages: [String] { recorded.withLock { $0.map(\.message) } }
  /// The elements of ``lines`` with a message.
  func lines(of message: String) -> [String] {
    recorded.withLock { $0.filter { $0.message == message }.map(\.line) }
  }
  var metadata: Logger.Metadata {
    get { [:] }
    set {}
  }
  var logLevel: Logger.Level {
    get { .trace }
    set {}
  }
  subscript(metadataKey _: String) -> Logger.Metadata.Value? {
    get { nil }
    set {}
  }

  init(onEvent: @escaping @Sendable () -> Void = {}) { self.onEvent = onEvent }

  func log(event: LogEvent) {
    let values = (event.metadata ?? [:]).values.map { "\($0)" }.sorted().joined(separator: " ")
    recorded.withLock { $0.append(("\(event.level) \(event.message)", "\(event.level) \(values)")) }
    onEvent()
  }
}
