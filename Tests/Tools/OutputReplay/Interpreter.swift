import OutputBuffering
import ScriptHandlers

/// Translates the operations of a script into calls to a stack.
struct Interpreter {
  private let recorder: Recorder
  private let stack: OutputStack<RecordingSink>
  private var returns: [Value] = []
  private var lateReturns: [String: Value] = [:]
  private var shutdownFunctions: [[Script.Operation]] = []
  private var startCount = 0

  private init() {
    recorder = Recorder()
    stack = OutputStack(sink: RecordingSink(recorder: recorder))
  }

  /// Runs a script to the end of the request.
  static func run(_ script: Script) -> RunResult {
    var interpreter = Interpreter()
    interpreter.runOperations(of: script)
    interpreter.runShutdownFunctions()
    interpreter.recorder.position = "end"
    interpreter.stack.endAll()
    return interpreter.result(named: script.name ?? "")
  }

  private mutating func runOperations(of script: Script) {
    for (index, operation) in script.ops.enumerated() {
      recorder.position = "\(index)"
      returns.append(perform(operation))
      if case .exit = operation { break }
    }
  }

  private mutating func runShutdownFunctions() {
    var function = 0
    // Not a `for` loop, because shutdown functions may register more of them.
    while function < shutdownFunctions.count {
      for (index, operation) in shutdownFunctions[function].enumerated() {
        recorder.position = "s\(function).\(index)"
        lateReturns[recorder.position] = perform(operation)
        if case .exit = operation { return }
      }
      function += 1
    }
  }

  private func result(named name: String) -> RunResult {
    RunResult(
      name: name,
      returns: returns,
      output: recorder.output,
      writes: recorder.writes,
      handlerCalls: recorder.handlerCalls,
      notices: recorder.notices,
      lateReturns: lateReturns.isEmpty ? nil : lateReturns
    )
  }
}

extension Interpreter {
  private mutating func perform(_ operation: Script.Operation) -> Value {
    switch operation {
    case .start(let start): return self.start(start)
    case .write(let bytes): stack.write(bytes.content.span)
    case .flush: return succeeds(.flush, stack.flush)
    case .clean: return succeeds(.clean, stack.clean)
    case .endFlush: return succeeds(.endFlush, stack.endFlush)
    case .endClean: return succeeds(.endClean, stack.endClean)
    case .getContents: return bytesOrFalse(stack.contents)
    case .getClean: return contents(.getClean, stack.takeContents)
    case .getFlush: return contents(.getFlush, stack.endFlushReturningContents)
    case .getLength: return stack.length.map(Value.int) ?? .bool(false)
    case .getLevel: return .int(stack.level)
    case .status(full: true): return .statuses(stack.statuses.map(StatusEntry.init))
    case .status(full: false): return stack.status.map { .status(StatusEntry($0)) } ?? .null
    case .listHandlers: return .names(stack.handlerNames.map(HandlerName.inScripts))
    case .systemFlush: stack.flushSink()
    case .implicitFlush(let isEnabled): stack.isImplicitFlushEnabled = isEnabled
    case .onShutdown(let operations): shutdownFunctions.append(operations)
    case .exit: break
    }
    return .null
  }

  private mutating func start(_ start: Script.Start) -> Value {
    let name = start.handler ?? HandlerName.none
    let handler: (any OutputHandler)?
    switch name {
    case HandlerName.none:
      handler = nil
    case HandlerName.gzip:
      // Scripts have no client, so no coding is acceptable, and PHP's handler fails in that case.
      handler = ClosureOutputHandler(name: HandlerName.gzipInPHP) { _, _, _ in
        throw ScriptHandler.Failure()
      }
    default:
      guard let kind = ScriptHandler.Kind(rawValue: name) else {
        recorder.record(Notice.unusableCallback(at: recorder.position, name))
        return .bool(false)
      }
      handler = RecordingHandler(
        handler: ScriptHandler(
          kind, argument: start.arg ?? 0, template: start.template?.content ?? []),
        buffer: startCount,
        recorder: recorder
      )
    }
    startCount += 1
    stack.start(
      handler: handler, chunkSize: start.chunkSize ?? 0, capabilities: start.capabilities)
    return .bool(true)
  }

  private func succeeds(
    _ function: PHPFunction, _ body: () throws(OutputBufferError) -> Void
  ) -> Value {
    do {
      try body()
      return .bool(true)
    } catch {
      recorder.record(Notice.notices(at: recorder.position, function, error))
      return .bool(false)
    }
  }

  private func contents(
    _ function: PHPFunction,
    _ body: () throws(OutputBufferError) -> ContiguousArray<UInt8>
  ) -> Value {
    do {
      return .bytes(Bytes(try body()))
    } catch {
      recorder.record(Notice.notices(at: recorder.position, function, error))
      // PHP returns the contents of a buffer that it refuses to remove.
      return bytesOrFalse(stack.contents)
    }
  }

  private func bytesOrFalse(_ contents: ContiguousArray<UInt8>?) -> Value {
    contents.map { .bytes(Bytes($0)) } ?? .bool(false)
  }
}
