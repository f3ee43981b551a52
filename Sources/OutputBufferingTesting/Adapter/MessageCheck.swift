/// Compares a response with the expected one.
struct MessageCheck {
  private let run: CaseRun
  private let exchange: ConformanceCase.Exchange
  private let message: WireMessage

  init(_ run: CaseRun, _ exchange: ConformanceCase.Exchange, _ message: WireMessage) {
    self.run = run
    self.exchange = exchange
    self.message = message
  }

  private var expect: ConformanceCase.Expectation { exchange.expect }

  func check(isGivenUp: Bool) {
    if !isGivenUp {
      guard checkEnd() else { return }
    }
    guard let head = message.head else {
      if !expect.broken && !isGivenUp { run.fail("no head") }
      return
    }
    for text in message.violations { run.fail(text) }
    if !expect.status.contains(head.status) {
      run.fail("status \(head.status), not \(expect.status)")
    }
    checkInterim()
    for (name, field) in expect.fields {
      if let text = field.violation(by: name, of: head) { run.fail(text) }
    }
    if isGivenUp { return }
    checkCoding(head)
    if !expect.broken { checkBody(head) }
    checkFraming()
    checkTrailers()
    checkTimes()
  }

  private func checkEnd() -> Bool {
    switch (message.end, expect.broken) {
    case (.complete, false), (.broken, true): return true
    case (.complete, true):
      run.fail("the message looks complete: \(message.text.suffix(80))")
    case (.broken(let isReset), false):
      run.fail("the message was aborted\(isReset ? " by a reset" : "")")
    case (nil, _):
      run.fail("the message has no end")
    }
    return false
  }

  private func checkInterim() {
    guard let interim = expect.interim else {
      // The server may send a 100 at its own discretion.
      if message.interim.contains(where: { $0.head.status != 100 }) {
        run.fail("an interim response")
      }
      return
    }
    guard interim.map(\.status) == message.interim.map(\.head.status) else {
      return run.fail("interim responses \(message.interim.map(\.head.status))")
    }
    for (expected, (head, _)) in zip(interim, message.interim) {
      for (name, field) in expected.fields ?? [:] {
        if let text = field.violation(by: name, of: head) { run.fail("interim: \(text)") }
      }
    }
  }

  private func checkCoding(_ head: WireHead) {
    let lines = head.lines("content-encoding")
    switch expect.coding {
    case nil, .any?: return
    case .identity?:
      if !lines.isEmpty { run.fail("Content-Encoding: \(lines)") }
    case .gzip?, .deflate?, .br?, .zstd?:
      guard lines == [expect.coding?.rawValue] else {
        return run.fail("Content-Encoding: \(lines)")
      }
      if head.members("vary").count(where: { $0 == "accept-encoding" }) != 1, head["vary"] != "*" {
        run.fail("coded with Vary: \(head.lines("vary"))")
      }
      if let tag = head["etag"], !tag.hasPrefix("W/") {
        run.fail("coded with the strong tag \(tag)")
      }
      if head["accept-ranges"] == "bytes" { run.fail("coded with Accept-Ranges") }
    }
  }

  private func checkBody(_ head: WireHead) {
    let hasContent =
      message.method != "HEAD" && ![204, 205, 304].contains(head.status) && head.status >= 200
    if expect.anyBody { return }
    let written = expect.body ?? ScriptContent.body(of: exchange.script)
    guard let body = hasContent ? written : [] else {
      return run.fail("the case doesn't say what the body is")
    }
    if message.plain != body {
      run.fail(
        "\(message.plain.count) bytes of content, not \(body.count): "
          + "“\(message.text.prefix(60))…\(message.text.suffix(60))”")
    }
    if let smaller = expect.smaller, smaller != (message.content.count < body.count) {
      run.fail("\(message.content.count) bytes on the wire for \(body.count)")
    }
  }

  private func checkFraming() {
    let isAsExpected =
      switch (expect.framing, message.framing) {
      case (nil, _): true
      case (.length?, .length?): true
      case (.stream?, .chunked?), (.stream?, .endOfStream?): true
      case (.close?, .close?): true
      case (.none?, WireMessage.Framing.none?): true
      default: false
      }
    if !isAsExpected, let framing = message.framing { run.fail("framed by \(framing)") }
  }

  private func checkTrailers() {
    for (name, value) in expect.trailers ?? [:] {
      let lines = message.trailers.filter { $0.name.lowercased() == name.lowercased() }.map(\.text)
      if lines != [value] { run.fail("trailer \(name): \(lines)") }
    }
    if expect.trailers?.isEmpty == true, !message.trailers.isEmpty {
      run.fail("trailers \(message.trailers.map(\.name))")
    }
  }

  private func checkTimes() {
    if let at = message.headAt {
      run.check("the head", took: at - message.sentAt, atMost: expect.headMs)
    }
    if let at = message.endAt {
      run.check("the message", took: at - message.sentAt, atMost: expect.completeMs)
    }
  }
}

extension ConformanceCase.Field {
  fileprivate func violation(by name: String, of head: WireHead) -> String? {
    let members = head.members(name)
    let isAsExpected =
      switch self {
      case .absent: head[name] == nil
      case .present: head[name] != nil
      case .equal(let value): head[name] == value
      case .lines(let lines): head.lines(name) == lines
      case .member(let member): members.count { $0 == member.lowercased() } == 1
      case .noMember(let member): !members.contains(member.lowercased())
      case .oneOf(let values): values.contains(head[name])
      }
    return isAsExpected ? nil : "\(name): \(head.lines(name)), not \(self)"
  }
}
