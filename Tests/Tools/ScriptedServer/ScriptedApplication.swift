#if Conformance
  import Foundation
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes

  /// The application, without a server: side doors, and the interpreter of scripts.
  struct ScriptedApplication: Sendable {
    let buffering: ResponseBuffering
    let log = RequestLog()
    let signals = Signals()
    let locks = Locks()
    /// Where work that is done is noted; nil for nowhere.
    var journal: WorkJournal?

    /// Answers what isn't a script.
    ///
    /// - Returns: JSON, or nil where the request is for a script.
    func answerSideDoor(_ method: HTTPRequest.Method, path: String, key: String?) -> Data? {
      switch (method, path) {
      case (.get, "/marks"): return log.json()
      case (.get, "/stats"): return Statistics(buffering).json()
      case (.post, "/signal"):
        if let key { signals.send(key) }
        return Data("{}".utf8)
      case (.post, "/shutdown"):
        Task {
          // The answer to this is no response that a server waits for.
          try await Task.sleep(for: .milliseconds(50))
          kill(getpid(), SIGTERM)
        }
        return Data(#"{"pid":\#(getpid())}"#.utf8)
      case (.post, "/reset"):
        log.forget()
        signals.forget()
        return Data("{}".utf8)
      default: return nil
      }
    }

    /// Reads the rest of a request's content.
    typealias ReadContent = @Sendable () async throws -> Void

    private static let scriptField = HTTPField.Name("X-Script")

    /// Whether the script of a request isn't its content.
    static func hasScriptField(_ request: HTTPRequest) -> Bool {
      scriptField.map { request.headerFields[$0] != nil } ?? false
    }

    /// Finds the script of a request: in `X-Script`, or in a JSON body.
    func script(_ request: HTTPRequest, body: Data) throws -> Script {
      let codings = buffering.settings.codings.map(\.coding)
      let fields = request.restoringValidators(offering: codings).headerFields
      return try plainScript(request, body: body).answering(fields)
    }

    private func plainScript(_ request: HTTPRequest, body: Data) throws -> Script {
      if let name = Self.scriptField, let value = request.headerFields[name] {
        return try Script(base64URL: value)
      }
      guard request.headerFields[.contentType]?.lowercased().hasPrefix("application/json") == true
      else {
        return Script.empty
      }
      return try Script(json: body)
    }

    /// The head that a script's response begins with.
    func head(of script: Script) -> HTTPResponse {
      HTTPResponse(
        status: HTTPResponse.Status(scripted: script.status),
        headerFields: HTTPFields(script.headers ?? []))
    }

    /// How long a shutdown may take in all.
    var shutdownDeadline: Duration {
      let settings = buffering.service.settings
      return max(settings.responseDeadline, settings.drainDeadline) + settings.cancellationDeadline
    }

    /// Waits until no handler is left, up to the deadline.
    func handlersEnded() async {
      let deadline = ContinuousClock.now + shutdownDeadline
      while buffering.service.handlerCount > 0, ContinuousClock.now < deadline, !Task.isCancelled {
        try? await Task.sleep(for: .milliseconds(20))
      }
    }

    /// Runs a script as the handler of a response.
    ///
    /// - Parameters:
    ///   - script: The script.
    ///   - response: The response.
    ///   - readContent: Reads the request's content where the handler is given it.
    /// - Throws: What the script throws.
    func run(
      _ script: Script, on response: BufferedResponse, readContent: @escaping ReadContent = {}
    ) async throws {
      let record = log.begin()
      // A client that has the head finds the decision in the record, whoever commits.
      response.observer = { record.update($0) }
      let interpreter = ScriptInterpreter(
        application: self, record: record, readContent: readContent)
      defer { record.update(response) }
      do {
        try await interpreter.run(script.ops, on: response)
      } catch {
        try? concludeRecord(record, of: response)
        throw error
      }
      try concludeRecord(record, of: response)
    }

    /// Behind the hooks of the script, the last of which has been registered: gives back its locks, and
    /// ends its record.
    private func concludeRecord(_ record: RequestRecord, of response: BufferedResponse) throws {
      try response.atEnd { [locks] status in
        await locks.unlockAll(of: record.id)
        record.end(status)
      }
    }
  }

  extension Script {
    static let empty = Script(ops: [])

    private init(ops: [Operation]) {
      self.ops = ops
    }
  }

  extension HTTPResponse.Status {
    /// The status of a script; what isn't one is 500, for a script is the client's.
    init(scripted code: Int?) {
      let code = code ?? 200
      self.init(code: Self.sendableCodes.contains(code) ? code : 500)
    }
  }

  extension HTTPField.Name {
    /// The fields of a request that the application looks at: the script's own, and those of the conditions that a
    /// script answers.
    static let scripted: [HTTPField.Name] =
      ["X-Script"].compactMap { HTTPField.Name($0) } + [
        .contentType, .acceptEncoding, .ifMatch, .ifNoneMatch, .ifRange, .range,
      ]
  }

  extension HTTPFields {
    init(_ fields: [Script.Field]) {
      self.init()
      add(
        fields.lazy.compactMap { field in
          HTTPField.Name(field.name).map { HTTPField(name: $0, value: field.value) }
        })
    }

    /// Adds as many fields as there is room for.
    mutating func add(_ fields: some Sequence<HTTPField>) {
      for field in fields {
        guard count < Self.maximumCount else { return }
        append(field)
      }
    }

    /// As many as HTTPTypes can hold: it ends the process at one more.
    private static var maximumCount: Int { Int(UInt16.max) - 1 }

    /// Sets a field, or removes it, as one line whatever it is, and where there is room for it.
    mutating func set(_ name: HTTPField.Name, to value: String?) {
      guard value == nil || contains(name) || count < Self.maximumCount else { return }
      self[fields: name] = value.map { [HTTPField(name: name, value: $0)] } ?? []
    }
  }
#endif
