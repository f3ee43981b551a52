#if Hummingbird
  import Foundation
  import Synchronization

  /// What handlers report about themselves, by run; the client asks for it at `/marks`.
  final class Marks: Sendable, CustomStringConvertible {
    private let runs = Mutex<[String: [String: String]]>([:])

    func set(_ key: String, for run: String, to value: String) {
      runs.withLock { $0[run, default: [:]][key] = value }
    }

    /// The marks as JSON: `{"run": {"key": "value"}}`.
    var description: String {
      let runs = runs.withLock { $0 }
      let json = try? JSONEncoder().encode(runs)
      return json.map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
  }
#endif
