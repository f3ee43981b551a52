#if Conformance
  import HTTPOutputBuffering

  /// The operations of a hook: it can mark, sleep, and attempt to write.
  ///
  /// A response isn't `Sendable`, and a hook runs in a task of its own. The response's task waits
  /// for the hook and doesn't use the response meanwhile.
  struct ScriptHook: @unchecked Sendable {
    private let operations: [Script.Operation]
    private let response: BufferedResponse
    private let record: RequestRecord

    init(_ operations: [Script.Operation], on response: BufferedResponse, _ record: RequestRecord) {
      self.operations = operations
      self.response = response
      self.record = record
    }

    func run() async {
      for operation in operations {
        switch operation.op {
        case "mark": record.mark(operation.key ?? "", response)
        case "sleep": try? await Task.sleep(for: .milliseconds(operation.ms ?? 0))
        case "write": await write(operation)
        default: break
        }
      }
    }

    private func write(_ operation: Script.Operation) async {
      for _ in 0..<max(operation.repeat ?? 1, 0) {
        // Ignore errors, such as that of a client that has left.
        try? await response.write(operation.content.span)
      }
      record.update(response)
    }
  }
#endif
