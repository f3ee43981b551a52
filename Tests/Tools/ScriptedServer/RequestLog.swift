#if Conformance
  import Foundation
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import OutputBuffering
  import Synchronization

  /// The records of scripted requests, in the order of their arrival.
  final class RequestLog: Sendable {
    private let records = Mutex<(next: Int, all: [RequestRecord])>((0, []))

    func begin() -> RequestRecord {
      records.withLock { records in
        let record = RequestRecord(id: records.next)
        records.next += 1
        records.all.append(record)
        return record
      }
    }

    func forget() {
      records.withLock { $0.all = [] }
    }

    func json() -> Data {
      let all = records.withLock { $0.all }
      return jsonData(["requests": all.map(\.snapshot)])
    }
  }

  /// The record of one request.
  final class RequestRecord: Sendable {
    struct Snapshot: Encodable, Sendable {
      struct Mark: Encodable {
        var ms: Double
        var status: String
        var cancelled: Bool
        var bytes: Int
      }
      struct Outcome: Encodable {
        var op: Int
        var error: String
      }
      /// The decision; fields that aren't decided yet are null.
      struct Decision: Encodable {
        enum Key: CodingKey { case coding, reason, contentLength }
        var coding: String?
        var reason: String?
        var contentLength: Int?

        func encode(to encoder: any Encoder) throws {
          var record = encoder.container(keyedBy: Key.self)
          try record.encode(coding, forKey: .coding)
          try record.encode(reason, forKey: .reason)
          try record.encode(contentLength, forKey: .contentLength)
        }
      }
      var id: Int
      var marks: [String: Mark] = [:]
      var outcomes: [Outcome] = []
      var decision = Decision()
      var status = "\(ConnectionStatus.open)"
      var bytesDiscarded = 0
      var ended = false
    }

    private static let processStart = ContinuousClock.now

    private struct State {
      var snapshot: Snapshot
      var bytes = 0
    }

    let id: Int
    private let state: Mutex<State>

    init(id: Int) {
      self.id = id
      _ = Self.processStart
      state = Mutex(State(snapshot: Snapshot(id: id)))
    }

    var snapshot: Snapshot { state.withLock { $0.snapshot } }

    /// Records a mark with the state that a handler or a hook sees.
    func mark(_ key: String, _ response: BufferedResponse) {
      update(response)
      mark(key)
    }

    /// Records a mark with the state that a route sees.
    func mark(_ key: String) {
      let elapsed = (ContinuousClock.now - Self.processStart) / .milliseconds(1)
      state.withLock { state in
        state.snapshot.marks[key] = Snapshot.Mark(
          ms: elapsed, status: state.snapshot.status, cancelled: Task.isCancelled,
          bytes: state.bytes)
      }
    }

    func refused(_ operation: Int, _ error: String) {
      state.withLock { $0.snapshot.outcomes.append(.init(op: operation, error: error)) }
    }

    func update(_ response: BufferedResponse) {
      let decision = response.decision.map { decision in
        Snapshot.Decision(
          coding: decision.coding?.name ?? "identity", reason: decision.reason.name,
          contentLength: response.head.headerFields[.contentLength].flatMap(Int.init))
      }
      state.withLock { state in
        state.bytes = response.bodyByteCount + response.output.storedByteCount
        if let decision { state.snapshot.decision = decision }
        state.snapshot.status = "\(response.connectionStatus)"
        state.snapshot.bytesDiscarded = response.discardedByteCount
      }
    }

    func end(_ status: ConnectionStatus) {
      state.withLock { state in
        state.snapshot.status = "\(status)"
        state.snapshot.ended = true
      }
    }
  }

  /// The library's current statistics.
  struct Statistics: Encodable {
    var liveResponses: Int
    var liveCoders: Int
    var pooledCoders: Int
    var afterResponseTasks: Int
    var residentBytes: Int

    init(_ buffering: ResponseBuffering) {
      let pools = buffering.settings.codings.flatMap(\.pools)
      liveResponses = buffering.service.handlerCount
      liveCoders = pools.map(\.liveCount).reduce(0, +)
      pooledCoders = pools.map(\.idleCount).reduce(0, +)
      afterResponseTasks = buffering.service.releasedCount
      let pages = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        .split(separator: " ").dropFirst().first.flatMap { Int($0) }
      residentBytes = (pages ?? 0) * 4096
    }

    func json() -> Data { jsonData(self) }
  }

  private func jsonData(_ value: some Encodable) -> Data {
    (try? JSONEncoder().encode(value)) ?? Data("{}".utf8)
  }

  func flushStandardOutput() {
    fflush(nil)
  }
#endif
