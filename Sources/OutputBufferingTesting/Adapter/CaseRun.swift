/// One run of one case.
final class CaseRun {
  struct Failure {
    var text: String
    /// Whether the only failure is an exceeded time limit.
    var isTiming = false
  }

  typealias Step = ConformanceCase.Step

  static let patience = Duration.seconds(10)
  /// How long to wait for a server's record, which arrives sooner than data over a slow path.
  static let recordPatience = Duration.seconds(4)

  let conformanceCase: ConformanceCase
  private let address: AdapterConformance.Address
  private let wireProtocol: WireProtocol
  let side: SideDoors
  private(set) var failures: [Failure] = []
  /// The server that is shutting down.
  private var endingServer: Int32?
  /// What the failures refer to.
  private var place = ""

  init(
    _ conformanceCase: ConformanceCase, at address: AdapterConformance.Address,
    over wireProtocol: WireProtocol, _ side: SideDoors
  ) {
    self.conformanceCase = conformanceCase
    self.address = address
    self.wireProtocol = wireProtocol
    self.side = side
  }

  var isHTTP2: Bool { wireProtocol != .http1 }

  func run() {
    do {
      try side.forget()
      for time in 0..<conformanceCase.times {
        if conformanceCase.times > 1 { place = "time \(time + 1)" }
        try runExchanges()
        guard failures.isEmpty else { return }
      }
      try checkStats()
    } catch {
      fail("\(error)")
    }
  }

  /// Records a failure; a timing failure may mean that the check ran too late.
  func fail(_ text: String, isTiming: Bool = false) {
    let text = place.isEmpty ? text : "\(place): \(text)"
    failures.append(Failure(text: text, isTiming: isTiming))
  }

  /// Checks a time limit, in milliseconds.
  func check(_ what: String, took duration: Duration, atMost bound: Int?) {
    let milliseconds = duration / .milliseconds(1)
    guard let bound, milliseconds > Double(bound) else { return }
    fail("\(what) took \(Int(milliseconds)) ms, at most \(bound)", isTiming: true)
  }

  private func runExchanges() throws {
    let connection = try wireProtocol.connect(host: address.host, port: address.port)
    let exchanges = conformanceCase.exchanges
    var messages: [WireMessage] = []
    switch conformanceCase.order {
    case .sequential:
      for (index, exchange) in exchanges.enumerated() {
        if exchanges.count > 1 { place = "request \(index + 1)" }
        let message = try connection.send(exchange.request.wireRequest(script: exchange.script))
        messages.append(message)
        try follow(exchange, message, on: connection)
      }
    case .together:
      messages = try connection.send(
        exchanges.map { try $0.request.wireRequest(script: $0.script) })
      for (index, (exchange, message)) in zip(exchanges, messages).enumerated() {
        place = "request \(index + 1)"
        try follow(exchange, message, on: connection)
      }
    }
    place = ""
    checkLengths(messages)
    guard endingServer == nil else { return }
    try checkConnection(connection, last: messages.last, exchanges.last)
    try checkRecords()
  }

  /// Reads one response in the steps of its exchange.
  private func follow(
    _ exchange: ConformanceCase.Exchange, _ message: WireMessage, on connection: any WireConnection
  ) throws {
    var since = message.sentAt
    for step in exchange.steps {
      guard try take(step, message, on: connection, since: since) else { return }
      since = .now
    }
    let isGivenUp = exchange.steps.contains { if case .leave = $0 { true } else { false } }
    if !isGivenUp {
      let isThere = try connection.read(within: Self.patience * 2) { message.end != nil }
      if !isThere { return fail("the message has no end") }
    }
    MessageCheck(self, exchange, message).check(isGivenUp: isGivenUp)
  }

  private func take(
    _ step: Step, _ message: WireMessage, on connection: any WireConnection,
    since: ContinuousClock.Instant
  ) throws -> Bool {
    func wait(
      _ what: String, _ bound: Int?, _ at: () -> ContinuousClock.Instant? = { .now },
      _ condition: () -> Bool
    ) throws -> Bool {
      guard try connection.read(within: Self.patience, until: condition) else {
        fail("no \(what)")
        return false
      }
      check(what, took: (at() ?? .now) - since, atMost: bound)
      return true
    }
    switch step {
    case .untilHead(let bound):
      return try wait("head", bound, { message.headAt }) { message.head != nil }
    case .untilInterim(let count, let bound):
      return try wait("interim response", bound, { message.interim.last?.at }) {
        message.interim.count >= count
      }
    case .untilText(let text, let bound):
      return try wait("“\(text)”", bound) { message.text.contains(text) }
    case .untilEnd(let bound):
      return try wait("end", bound, { message.endAt }) { message.end != nil }
    case .untilClosed(let bound):
      return try wait("end of the connection", bound, { connection.closedAt }) {
        connection.closedAt != nil
      }
    case .untilMarked(let mark, let bound):
      try eventually("mark \(mark)", since: since, bound) { try isMarked(mark) }
    case .signal(let key):
      try side.signal(key)
    case .shutDown:
      endingServer = try side.shutDown()
    case .untilGone(let bound):
      guard let endingServer else { throw WireFailure(description: "no server was shut down") }
      try eventually("end of the server", since: since, bound) {
        !SideDoors.isRunning(endingServer)
      }
    case .pause(let milliseconds):
      sleep(milliseconds)
    case .sip(let milliseconds, let pause):
      let end = ContinuousClock.now + .milliseconds(milliseconds)
      while .now < end, message.end == nil, connection.closedAt == nil {
        try connection.read(by: .now + Self.patience)
        sleep(pause)
      }
    case .silence(let milliseconds):
      let before = (message.content.count, message.end)
      _ = try connection.read(within: .milliseconds(milliseconds)) { message.end != nil }
      if message.content.count != before.0 || message.end != before.1 {
        fail("unexpected bytes during a silence", isTiming: true)
      }
    case .unmarked(let marks):
      for mark in marks where try isMarked(mark) {
        fail("the handler is at \(mark) already", isTiming: true)
      }
    case .incomplete:
      if message.end != nil { fail("the message has ended already", isTiming: true) }
    case .leave(let way):
      try connection.leave(way, message)
    }
    return true
  }

  func sleep(_ milliseconds: Int) {
    Clock.sleep(milliseconds: milliseconds)
  }

  private func isMarked(_ mark: String) throws -> Bool {
    try side.records().contains { $0["marks"]?[mark] != nil }
  }

  func eventually(
    _ what: String, since: ContinuousClock.Instant, _ bound: Int?, _ condition: () throws -> Bool
  ) throws {
    let deadline = ContinuousClock.now + Self.patience
    while try !condition() {
      guard ContinuousClock.now < deadline else { return fail("no \(what)") }
      sleep(3)
    }
    check(what, took: .now - since, atMost: bound)
  }
}
