#if Conformance
  import Foundation
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import OutputBuffering
  import OutputBufferingNIO
  import ScriptHandlers

  /// Runs the operations of a script on a response, as calls of the public API.
  struct ScriptInterpreter {
    let application: ScriptedApplication
    let record: RequestRecord
    let readContent: ScriptedApplication.ReadContent

    /// The error that a script's `throw` throws.
    struct Thrown: Error {}

    func run(_ operations: [Script.Operation], on response: BufferedResponse) async throws {
      for (index, operation) in operations.enumerated() {
        do {
          try await run(operation, on: response)
        } catch let error as OutputBufferError {
          record.refused(index, "\(error.code)")
        } catch let error as ResponseError {
          record.refused(index, "\(error.code)")
        } catch is CancellationError {
          record.refused(index, "cancelled")
        }
        record.update(response)
      }
    }

    private func run(_ operation: Script.Operation, on response: BufferedResponse) async throws {
      switch operation.op {
      case "write":
        let content = operation.content
        for _ in 0..<max(operation.repeat ?? 1, 0) {
          try await response.write(content.span)
        }
      case "file": try await writeFile(operation.bytes ?? 0, to: response)
      case "flush": try await response.flush()
      case "flushBuffer": try await response.flushBuffer()
      case "start": start(operation, on: response.output)
      case "endFlush": try response.output.endFlush()
      case "endClean": try response.output.endClean()
      case "clean": try response.output.clean()
      case "sleep": try await Task.sleep(for: .milliseconds(operation.ms ?? 0))
      case "awaitShutdown":
        await response.shutdown.wait()
        if !response.isShuttingDown { throw CancellationError() }
      case "await": try await application.signals.wait(for: operation.key ?? "")
      case "readContent": try await readContent()
      case "mark": record.mark(operation.key ?? "", response)
      case "throw": throw Thrown()
      case "lock": try await lock(operation, for: response)
      case "unlock": await application.locks.unlock(operation.name ?? "")
      case "beforeCommit":
        let (operations, record) = (operation.ops ?? [], record)
        try response.beforeCommit { [unowned response] head in
          for operation in operations { operation.change(&head, of: response, record) }
        }
      case "beforeRelease":
        let hook = ScriptHook(operation.ops ?? [], on: response, record)
        try response.beforeRelease { await hook.run() }
      case "atEnd":
        let hook = ScriptHook(operation.ops ?? [], on: response, record)
        try response.atEnd { _ in await hook.run() }
      case "afterRelease":
        try ScriptedWork(operation, application, record).register(on: response)
      default: try await change(operation, response)
      }
    }

    /// Runs an operation that changes the head, the end, or the response's settings.
    private func change(_ operation: Script.Operation, _ response: BufferedResponse) async throws {
      switch operation.op {
      case "header":
        guard let name = operation.name.flatMap({ HTTPField.Name($0) }) else { return }
        let value = operation.value?.text.map { operation.repeated($0) }
        try response.updateHead { $0.headerFields.set(name, to: value) }
      case "fields":
        try response.updateHead { $0.headerFields.add(operation.numberedFields) }
      case "removeHeader":
        guard let name = operation.name.flatMap({ HTTPField.Name($0) }) else { return }
        try response.updateHead { $0.headerFields[name] = nil }
      case "status":
        try response.updateHead { $0.status = HTTPResponse.Status(scripted: operation.code) }
      case "informational":
        try await response.sendInformational(
          HTTPResponse(
            status: HTTPResponse.Status(scripted: operation.code ?? 103),
            headerFields: operation.fields))
      case "trailers": try response.setTrailers(operation.fields)
      case "coding":
        // The setter throws no error; a change of the head throws if a mode no longer counts.
        try response.updateHead { _ in }
        response.compressionMode = operation.value?.compressionMode
      case "finish":
        try await response.finish(operation.connection == "close" ? .close : .keepAlive)
      case "reset": try response.reset()
      case "ignoreDisconnect": response.ignoresDisconnect = operation.value?.flag ?? true
      case "timeLimit": response.setTimeLimit(operation.ms.map { .milliseconds($0) })
      default: throw Script.Malformed()
      }
    }

    private func start(_ operation: Script.Operation, on output: OutputStack<ResponseSink>) {
      let capabilities = operation.flags.map { flags in
        flags.reduce(into: OutputBufferCapabilities()) { $0.insert(.init(named: $1)) }
      }
      let kind = operation.handler.flatMap { ScriptHandler.Kind(rawValue: $0) }
      var handler = kind.map { kind in
        ScriptHandler(
          kind, argument: operation.arg ?? 0,
          template: ContiguousArray((operation.template ?? "").utf8))
      }
      let policy: OutputFailurePolicy =
        operation.whenHandlerFails == "discard" ? .discard : .passThrough
      guard let kind else {
        return output.start(
          chunkSize: operation.chunkSize ?? 0, capabilities: capabilities ?? .standard,
          whenHandlerFails: policy)
      }
      output.start(
        named: kind.rawValue, chunkSize: operation.chunkSize ?? 0,
        capabilities: capabilities ?? .standard, whenHandlerFails: policy
      ) { input, phase, output in
        try handler?.process(input, phase: phase, into: &output)
      }
    }

    private func lock(_ operation: Script.Operation, for response: BufferedResponse) async throws {
      let name = operation.name ?? ""
      try await application.locks.lock(name, for: record.id)
      guard operation.auto == true else { return }
      try response.beforeRelease { [locks = application.locks] in
        await locks.unlock(name)
      }
    }

    private func writeFile(_ byteCount: Int, to response: BufferedResponse) async throws {
      let file = try TemporaryFile(byteCount: byteCount)
      try await response.write(file.region)
    }
  }

  extension Script.Operation {
    /// Runs an operation of a hook before the commit.
    func change(
      _ head: inout HTTPResponse, of response: BufferedResponse, _ record: RequestRecord
    ) {
      switch op {
      case "mark": record.mark(key ?? "", response)
      case "status": head.status = HTTPResponse.Status(scripted: code)
      case "reset": try? response.reset()
      case "updateHead":
        guard let name = name.flatMap({ HTTPField.Name($0) }) else { return }
        try? response.updateHead { $0.headerFields[name] = value?.text }
      case "header", "removeHeader", "addHeader":
        guard let name = name.flatMap({ HTTPField.Name($0) }) else { return }
        if op == "addHeader" {
          head.headerFields.add(CollectionOfOne(HTTPField(name: name, value: value?.text ?? "")))
        } else {
          head.headerFields[name] = op == "header" ? value?.text : nil
        }
      default: break
      }
    }
  }

  extension OutputBufferCapabilities {
    init(named name: String) {
      switch name {
      case "cleanable": self = .cleanable
      case "flushable": self = .flushable
      case "removable": self = .removable
      default: self = []
      }
    }
  }

  extension Script.Value {
    var text: String? {
      if case .text(let text) = self { text } else { nil }
    }

    var flag: Bool? {
      if case .flag(let flag) = self { flag } else { nil }
    }

    var compressionMode: CompressionMode? {
      switch text {
      case "off": .off
      case "force": .force
      case "automatic": .automatic
      default: nil
      }
    }
  }
#endif
