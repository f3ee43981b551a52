import OutputBuffering

/// A sink that records every write.
struct ArraySink: OutputSink {
  var writes: [[UInt8]] = []
  var flushCount = 0
  var failures: [OutputHandlerFailure] = []

  mutating func write(_ bytes: Span<UInt8>) {
    writes.append(bytes.indices.map { bytes[$0] })
  }

  mutating func flush() {
    flushCount += 1
  }

  mutating func handlerFailed(_ failure: OutputHandlerFailure) {
    failures.append(failure)
  }

  var strings: [String] {
    writes.map { String(decoding: $0, as: UTF8.self) }
  }

  var text: String { strings.joined() }
}

/// The error that a handler throws to fail.
struct HandlerFailure: Error {}

extension ClosureOutputHandler {
  static func failing(name: String = "failing") -> Self {
    Self(name: name) { _, _, _ in throw HandlerFailure() }
  }

  /// `[input]` on every invocation.
  static func bracketing(name: String = "bracketing") -> Self {
    Self(name: name) { input, _, output in
      output.append(UInt8(ascii: "["))
      output.append(copying: input)
      output.append(UInt8(ascii: "]"))
    }
  }
}
