import OutputBuffering

/// The parameters of a new buffer.
struct BufferSetup: Equatable {
  var behavior: ModelHandler.Behavior?
  var chunkSize: Int
  /// The capabilities: C cleanable, F flushable, R removable.
  var capabilities: Set<Character>
  /// Whether the buffer discards everything after its handler has failed.
  var discardsOnFailure: Bool
}

/// A handler that both the model and the stack run, each with its own copy.
struct ModelHandler: Equatable {
  enum Behavior: Equatable, CaseIterable {
    case pass, bracket, double, drop, hold, failAlways, failSecond, failOnClean, failOnFinal
  }

  /// One invocation, with the phases as letters: S start, C clean, F flush, E final.
  struct Call: Equatable {
    var buffer: Int
    var phases: String
    var input: [UInt8]
  }

  var behavior: Behavior
  var buffer: Int
  private var earlierInvocations = 0
  private var held: [UInt8] = []

  init(behavior: Behavior, buffer: Int) {
    self.behavior = behavior
    self.buffer = buffer
  }

  /// The output, or nil for a failure.
  mutating func answer(_ input: [UInt8], _ phases: String) -> [UInt8]? {
    defer { earlierInvocations += 1 }
    switch behavior {
    case .pass: return input
    case .bracket: return [0x5B] + input + [0x5D]
    case .double: return input + input
    case .drop: return []
    case .failAlways: return nil
    case .failSecond: return earlierInvocations == 1 ? nil : input
    case .failOnClean: return phases.contains("C") ? nil : input
    case .failOnFinal: return phases.contains("E") ? nil : input
    case .hold:
      held += input
      if phases.contains("C") { held = [] }
      guard phases.contains("E") else { return [] }
      return held
    }
  }
}

/// Runs a handler of the model in the stack and logs its invocations.
struct ModelHandlerAdapter: OutputHandler {
  final class Log {
    var calls: [ModelHandler.Call] = []
  }

  var handler: ModelHandler
  let log: Log

  var name: String { "\(handler.behavior)" }

  mutating func process(
    _ input: Span<UInt8>, phase: OutputPhase, into output: inout ContiguousArray<UInt8>
  ) throws {
    let letters: [(OutputPhase, String)] = [
      (.start, "S"), (.clean, "C"), (.flush, "F"), (.final, "E"),
    ]
    let phases = letters.filter { phase.contains($0.0) }.map(\.1).joined()
    let bytes = input.indices.map { input[$0] }
    log.calls.append(.init(buffer: handler.buffer, phases: phases, input: bytes))
    guard let answer = handler.answer(bytes, phases) else {
      output.append(contentsOf: "dropped with the failure".utf8)
      throw HandlerFailure()
    }
    output.append(contentsOf: answer)
  }
}
