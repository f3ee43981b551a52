#if Conformance
  import Foundation
  import HTTPOutputBuffering

  /// The work of an `afterRelease`: it can mark, sleep, wait for a signal, and throw.
  struct ScriptedWork: Sendable {
    private let operation: Script.Operation
    private let application: ScriptedApplication
    private let record: RequestRecord

    init(
      _ operation: Script.Operation, _ application: ScriptedApplication, _ record: RequestRecord
    ) {
      self.operation = operation
      self.application = application
      self.record = record
    }

    func register(on response: BufferedResponse) throws {
      let (name, deadline) = (operation.name ?? "work", operation.ms)
      let order: BufferedResponse.WorkOrder =
        operation.order == "concurrently" ? .concurrently : .inOrder
      if let payload = operation.payload {
        try response.afterRelease(
          named: name, payload: payload, runs: order, deadline: deadline.map { .milliseconds($0) }
        ) { _ in try await run() }
      } else {
        try response.afterRelease(
          named: name, runs: order, deadline: deadline.map { .milliseconds($0) }
        ) { try await run() }
      }
    }

    private func run() async throws {
      for operation in operation.ops ?? [] {
        switch operation.op {
        case "mark": record.mark(operation.key ?? "")
        case "sleep": try await Task.sleep(for: .milliseconds(operation.ms ?? 0))
        case "await": try await application.signals.wait(for: operation.key ?? "")
        case "throw": throw ScriptInterpreter.Thrown()
        default: throw Script.Malformed()
        }
      }
      try application.journal?.note("done", operation.name ?? "work")
    }
  }

  /// A file that records the work after responses, one line each, and outlives the process.
  final class WorkJournal: Sendable {
    private let file: FileHandle

    init(path: String) throws {
      try Data().write(to: URL(filePath: path))
      file = try FileHandle(forWritingTo: URL(filePath: path))
    }

    /// Appends a line; short lines are written atomically even if other processes write.
    func note(_ event: String, _ name: String, payload: (any Encodable & Sendable)? = nil) throws {
      var line = "\(event) \(name)"
      if let payload {
        line += " \(String(decoding: try JSONEncoder().encode(payload), as: UTF8.self))"
      }
      try file.write(contentsOf: Data("\(line)\n".utf8))
    }
  }
#endif
