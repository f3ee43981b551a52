package import OutputBuffering

/// An output handler for scripts.
package struct ScriptHandler {
  /// What a handler does, identified by its name in scripts.
  package enum Kind: String {
    case identity, upper, rot13, reverse, double, wrap, drop, length, phase, count, hold, format
    case fail, failAfter, failOnce, failOnStart, failOnClean, failOnFlush, failOnFinal, failOnWrite
  }

  /// The error that a handler throws to fail.
  package struct Failure: Error {
    package init() {}
  }

  package let kind: Kind
  let argument: Int
  let template: Template
  private var earlierInvocations = 0
  private var held = ContiguousArray<UInt8>()

  package init(
    _ kind: Kind, argument: Int = 0, template: ContiguousArray<UInt8> = []
  ) {
    self.kind = kind
    self.argument = argument
    self.template = Template(template)
  }

  package mutating func process(
    _ input: Span<UInt8>, phase: OutputPhase, into output: inout ContiguousArray<UInt8>
  ) throws {
    let n = earlierInvocations
    earlierInvocations += 1
    switch kind {
    case .identity: output.append(copying: input)
    case .upper: output.append(mapping: input) { $0.isLowercaseLetter ? $0 - 0x20 : $0 }
    case .rot13: output.append(mapping: input, \.rotatedBy13)
    case .reverse: for index in input.indices.reversed() { output.append(input[index]) }
    case .double:
      output.append(copying: input)
      output.append(copying: input)
    case .wrap: output.append(input, between: "[", "]")
    case .drop: break
    case .length: output.append(contentsOf: "\(input.count)".utf8)
    case .phase: output.append(input, between: "{\(phase.letters):", "}")
    case .count: output.append(input, between: "<\(n + 1):", ">")
    case .hold: hold(input, phase, &output)
    case .format: template.append(to: &output, input, phase, invocation: n + 1)
    case .failAfter:
      try fail(if: n >= argument)
      output.append(copying: input)
    case .fail: throw Failure()
    case .failOnce: try answer(input, &output, unless: n == argument)
    case .failOnStart: try answer(input, &output, unless: phase.contains(.start))
    case .failOnClean: try answer(input, &output, unless: phase.contains(.clean))
    case .failOnFlush: try answer(input, &output, unless: phase.contains(.flush))
    case .failOnFinal: try answer(input, &output, unless: phase.contains(.final))
    case .failOnWrite: try answer(input, &output, unless: phase.isWrite)
    }
  }

  private mutating func hold(
    _ input: Span<UInt8>, _ phase: OutputPhase, _ output: inout ContiguousArray<UInt8>
  ) {
    guard !phase.contains(.clean) else {
      held.removeAll()
      return
    }
    held.append(copying: input)
    guard phase.contains(.final) else { return }
    swap(&held, &output)
  }

  private func answer(
    _ input: Span<UInt8>, _ output: inout ContiguousArray<UInt8>, unless hasFailed: Bool
  ) throws {
    try fail(if: hasFailed)
    output.append(input, between: "(", ")")
  }

  private func fail(if hasFailed: Bool) throws {
    if hasFailed { throw Failure() }
  }
}

extension ContiguousArray where Element == UInt8 {
  fileprivate mutating func append(_ input: Span<UInt8>, between prefix: String, _ suffix: String) {
    append(contentsOf: prefix.utf8)
    append(copying: input)
    append(contentsOf: suffix.utf8)
  }

  fileprivate mutating func append(mapping input: Span<UInt8>, _ transform: (UInt8) -> UInt8) {
    for index in input.indices { append(transform(input[index])) }
  }
}

extension UInt8 {
  fileprivate var isLowercaseLetter: Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self)
  }

  fileprivate var rotatedBy13: UInt8 {
    switch self {
    case UInt8(ascii: "A")...UInt8(ascii: "M"), UInt8(ascii: "a")...UInt8(ascii: "m"): self + 13
    case UInt8(ascii: "N")...UInt8(ascii: "Z"), UInt8(ascii: "n")...UInt8(ascii: "z"): self - 13
    default: self
    }
  }
}

extension OutputPhase {
  fileprivate var letters: String {
    let all: [(OutputPhase, String)] = [(.start, "S"), (.clean, "C"), (.flush, "F"), (.final, "E")]
    return all.filter { contains($0.0) }.map(\.1).joined() + (isWrite ? "W" : "")
  }
}
