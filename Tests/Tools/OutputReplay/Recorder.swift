import OutputBuffering
import ScriptHandlers

/// Records the events of a run, in order.
///
/// The interpreter, its sink and its handlers share it.
final class Recorder {
  /// The current position in the script: `"3"`, `"s0.1"` or `"end"`.
  var position = "end"
  private(set) var writes: [RunResult.Write] = []
  private(set) var handlerCalls: [RunResult.HandlerCall] = []
  private(set) var notices: [Notice] = []

  func record(write bytes: Span<UInt8>) {
    writes.append(RunResult.Write(at: position, data: Bytes(bytes)))
  }

  func record(_ call: RunResult.HandlerCall) {
    handlerCalls.append(call)
  }

  func record(_ notices: [Notice]) {
    self.notices += notices
  }

  /// All bytes that reached the sink.
  var output: Bytes {
    Bytes(ContiguousArray(writes.flatMap(\.data.content)))
  }
}

/// A sink that records every write.
struct RecordingSink: OutputSink {
  let recorder: Recorder

  mutating func write(_ bytes: Span<UInt8>) {
    recorder.record(write: bytes)
  }

  mutating func flush() {}
}

/// A script's handler that records every invocation.
struct RecordingHandler: OutputHandler {
  var handler: ScriptHandler
  let buffer: Int
  let recorder: Recorder

  var name: String { handler.kind.rawValue }

  mutating func process(
    _ input: Span<UInt8>, phase: OutputPhase, into output: inout ContiguousArray<UInt8>
  ) throws {
    let answer = Result { try handler.process(input, phase: phase, into: &output) }
    recorder.record(
      RunResult.HandlerCall(
        at: recorder.position,
        buffer: buffer,
        handler: name,
        phase: phase.names,
        input: Bytes(input),
        output: (try? answer.get()).map { .bytes(Bytes(output)) } ?? .bool(false)
      ))
    try answer.get()
  }
}

extension OutputPhase {
  /// The names in the order of the results, including one for a plain write.
  fileprivate var names: [String] {
    let all: [(OutputPhase, String)] = [
      (.start, "start"), (.clean, "clean"), (.flush, "flush"), (.final, "final"),
    ]
    return all.filter { contains($0.0) }.map(\.1) + (isWrite ? ["write"] : [])
  }
}
