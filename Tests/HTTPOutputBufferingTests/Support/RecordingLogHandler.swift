import Logging
import Synchronization

/// Keeps the level and the metadata's one value of each line.
final class RecordingLogHandler: LogHandler {
  private let recorded = Mutex<[String]>([])
  private let onEvent: @Sendable () -> Void
  private let texts = Mutex<[String]>([])
  var lines: [String] { recorded.withLock { $0 } }
  /// The level and the message of each line.
  var messages: [String] { texts.withLock { $0 } }
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
    texts.withLock { $0.append("\(event.level) \(event.message)") }
    recorded.withLock { $0.append("\(event.level) \(values)") }
    onEvent()
  }
}
