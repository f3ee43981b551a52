#if Conformance
  import Foundation
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes

  /// The application without a server: the side doors and the script interpreter.
  struct ScriptedApplication: Sendable {
    let buffering: ResponseBuffering
    let log = RequestLog()
    let signals = Signals()
    let locks = Locks()
    /// The journal of completed work; nil for none.
    var journal: WorkJournal?

    /// Answers requests that aren't for a script.
    ///
    /// - Returns: JSON, or nil if the request is for a script.
    func answerSideDoor(_ method: HTTPRequest.Method, path: String, key: String?) -> Data? {
      switch (method, path) {
      case (.get, "/marks"): return log.json()
      case (.get, "/stats"): return Statistics(buffering).json()
      case (.post, "/signal"):
        if let key { signals.send(key) }
        return Data("{}".utf8)
      case (.post, "/shutdown"):
        Task {
          // The response to this request isn't one that a shutdown waits for.
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

    /// Whether a request carries its script in a field instead of its content.
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

    /// Returns the initial head of a script's response.
    func head(of script: Script) -> HTTPResponse {
      HTTPResponse(
        status: HTTPResponse.Status(scripted: script.status),
        headerFields: HTTPFields(script.headers ?? []))
    }

    /// The maximum total duration of a shutdown.
    var shutdownDeadline: Duration {
      let settings = buffering.service.settings
      return max(settings.responseDeadline, settings.drainDeadline) + settings.cancellationDeadline
    }

    /// Waits until all handlers have ended, up to the deadline.
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
    ///   - readContent: Reads the request's content, if the handler has access to it.
    /// - Throws: Any error from the script.
    func run(
      _ script: Script, on response: BufferedResponse, readContent: @escaping ReadContent = {}
    ) async throws {
      let record = log.begin()
      // Record the decision before the client has the head, whatever triggers the commit.
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

    /// Releases the script's locks and ends its record.
    ///
    /// It registers the last hook, which therefore runs after those of the script.
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
    /// Creates a script's status; an invalid code becomes 500, because the script comes from the
    /// client.
    init(scripted code: Int?) {
      let code = code ?? 200
      self.init(code: Self.sendableCodes.contains(code) ? code : 500)
    }
  }

  extension HTTPField.Name {
    /// The fields of a request that the application reads: the script's field, and those of the
    /// conditions that a script evaluates.
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

    /// The maximum number of fields: HTTPTypes traps on one more.
    private static var maximumCount: Int { Int(UInt16.max) - 1 }

    /// Sets a field to a single line, or removes it, if there is room.
    mutating func set(_ name: HTTPField.Name, to value: String?) {
      guard value == nil || contains(name) || count < Self.maximumCount else { return }
      self[fields: name] = value.map { [HTTPField(name: name, value: $0)] } ?? []
    }
  }
#endif
