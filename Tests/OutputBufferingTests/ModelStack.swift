/// A simple model of PHP's output layer: whole arrays, plain recursion, no reuse.
struct ModelStack {
  struct Buffer: Equatable {
    var serial: Int
    var handler: ModelHandler?
    var chunkSize: Int
    var capabilities: Set<Character>
    var discardsOnFailure: Bool
    var bytes: [UInt8] = []
    var isStarted = false
    var isDisabled = false
    var isProcessed = false
  }

  /// Why an operation was refused, and at which level.
  struct Refusal: Error, Equatable {
    var code: String
    var level: Int?
  }

  var buffers: [Buffer] = []
  var sinkWrites: [[UInt8]] = []
  var sinkFlushCount = 0
  var isImplicitFlushEnabled = false
  var calls: [ModelHandler.Call] = []
  var startCount = 0
  var discardedByteCount = 0
  var failedSerials: [Int] = []

  mutating func start(_ setup: BufferSetup) {
    let handler = setup.behavior.map { ModelHandler(behavior: $0, buffer: startCount) }
    buffers.append(
      Buffer(
        serial: startCount, handler: handler, chunkSize: setup.chunkSize < 0 ? 0 : setup.chunkSize,
        capabilities: setup.capabilities, discardsOnFailure: setup.discardsOnFailure))
    startCount += 1
  }

  mutating func write(_ bytes: [UInt8]) {
    write(bytes, below: buffers.count)
  }

  private mutating func write(_ bytes: [UInt8], below level: Int) {
    if bytes.isEmpty { return }
    if level == 0 {
      sinkWrites.append(bytes)
      if isImplicitFlushEnabled { sinkFlushCount += 1 }
      return
    }
    let target = level - 1
    if buffers[target].isDisabled {
      return buffers[target].discardsOnFailure
        ? discardedByteCount += bytes.count : write(bytes, below: target)
    }
    buffers[target].bytes += bytes
    let chunkSize = buffers[target].chunkSize
    if chunkSize > 0 && buffers[target].bytes.count >= chunkSize {
      write(invoke(target, ""), below: target)
    }
  }

  private mutating func invoke(_ level: Int, _ reasons: String) -> [UInt8] {
    if buffers[level].isDisabled { return [] }
    let input = buffers[level].bytes
    let phases = (buffers[level].isStarted ? "" : "S") + reasons
    buffers[level].bytes = []
    buffers[level].isStarted = true
    guard buffers[level].handler != nil else {
      buffers[level].isProcessed = true
      return input
    }
    calls.append(.init(buffer: buffers[level].serial, phases: phases, input: input))
    if let answer = buffers[level].handler?.answer(input, phases) {
      buffers[level].isProcessed = true
      return answer
    }
    buffers[level].isDisabled = true
    failedSerials.append(buffers[level].serial)
    guard buffers[level].discardsOnFailure else { return input }
    if !phases.contains("C") { discardedByteCount += input.count }
    return []
  }

  private func top(allowing capability: Character, _ code: String) throws(Refusal) -> Int {
    if buffers.isEmpty { throw Refusal(code: "noBuffer", level: nil) }
    let top = buffers.count - 1
    if !buffers[top].capabilities.contains(capability) { throw Refusal(code: code, level: top) }
    return top
  }

  mutating func flush() throws(Refusal) {
    let top = try top(allowing: "F", "notFlushable")
    write(invoke(top, "F"), below: top)
  }

  mutating func clean() throws(Refusal) {
    _ = invoke(try top(allowing: "C", "notCleanable"), "C")
  }

  mutating func end(sending: Bool) throws(Refusal) -> [UInt8] {
    let contents = buffers.last?.bytes ?? []
    _ = try top(allowing: "R", "notRemovable")
    pop(sending: sending)
    return contents
  }

  mutating func flushAll() throws(Refusal) {
    for level in stride(from: buffers.count - 1, through: 0, by: -1)
    where !buffers[level].isDisabled && !buffers[level].capabilities.contains("F") {
      throw Refusal(code: "notFlushable", level: level)
    }
    var carried: [UInt8] = []
    for level in stride(from: buffers.count - 1, through: 0, by: -1) {
      if !buffers[level].isDisabled {
        buffers[level].bytes += carried
        carried = invoke(level, "F")
      } else if buffers[level].discardsOnFailure {
        discardedByteCount += carried.count
        carried = []
      }
    }
    write(carried, below: 0)
  }

  mutating func endAll(sending: Bool, since serial: Int = 0) {
    while let last = buffers.last, last.serial >= serial { pop(sending: sending) }
  }

  private mutating func pop(sending: Bool) {
    let top = buffers.count - 1
    let answer = invoke(top, sending ? "E" : "CE")
    buffers.removeLast()
    if sending { write(answer, below: top) }
  }
}
