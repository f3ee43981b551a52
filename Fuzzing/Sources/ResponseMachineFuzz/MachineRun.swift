import FuzzingSupport
import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes

/// A machine, its client, and the results that the application has received.
struct MachineRun: ~Copyable {
  let setup: MachineSetup
  var machine: ResponseMachine
  var client: WireClient
  /// The bytes that were accepted and not discarded later: the content, if any can be sent.
  var accepted: [UInt8] = []
  /// The number of bytes in all writes that didn't throw, minus the discarded ones.
  var writtenByteCount = 0
  /// The number of bytes that the machine may have output together, in one call.
  var largestBody = 0
  /// Whether a call has failed after which only an abort is possible.
  var hasFailed = false
  var hasPassedThrough = false
  /// The bytes of a passing body, which don't go through the machine.
  var passedByteCount = 0
  /// The declared length of the body, in bytes.
  var expectedByteCount: Int?
  /// Whether a length has ever been declared; trailers may omit it.
  var hasDeclaredLength: Bool
  private var budget = 200_000
  /// How much of the client's content has been compared with the accepted bytes.
  private var knownByteCount = 0

  init(_ setup: MachineSetup) {
    self.setup = setup
    machine = ResponseMachine(request: setup.request, head: setup.head, settings: setup.settings)
    hasDeclaredLength = setup.head.headerFields.contains(.contentLength)
    client = WireClient(setup.request)
  }

  mutating func perform(_ input: inout FuzzInput) {
    let hadEnded = machine.hasEnded
    let wasOpen = machine.isOpen
    switch input.byte() % 24 {
    case 0...5: write(body(&input))
    case 6...8: flush()
    case 9...12: updateHead(&input)
    case 13:
      setTrailers(
        input.choice([
          nil, [.eTag: "\"after\""], [.contentDigest: "sha-256=:AA==:"], [:],
          [.eTag: "\"after\"", .setCookie: "a=1"],
        ]))
    case 14: sendInformational(input.number(below: 4))
    case 15: machine.closeConnectionAtEnd()
    case 16: reset()
    case 17: finish()
    case 18: finish(with: body(&input))
    case 19: passThrough(&input)
    case 20: abort()
    case 21: setMode(input.choice([nil, .automatic, .off, .force]))
    case 22: expect(input.number(below: 64))
    default: takeOutput()
    }
    require(!hadEnded || machine.hasEnded, "the end was taken back")
    require(wasOpen || !machine.isOpen, "the commit was taken back")
    checkCounts()
  }

  /// Ends everything that is still in progress, in one of two ways.
  mutating func end() {
    if !machine.hasEnded { finish() }
    if !machine.hasEnded { abort() }
    takeOutput()
    require(client.end != nil || hasPassedThrough, "the response has no end")
    require(machine.takeOutput().isEmpty, "output after the end")
    checkCounts()
  }

  private mutating func body(_ input: inout FuzzInput) -> [UInt8] {
    let bytes = input.body().prefix(max(0, budget))
    budget -= bytes.count
    return Array(bytes)
  }

  func checkCounts() {
    let liveCount = setup.settings.codings.reduce(0) {
      $0 + $1.pool.liveCount + ($1.wholePool === $1.pool ? 0 : $1.wholePool.liveCount)
    }
    require(liveCount <= (machine.hasEnded || machine.isOpen ? 0 : 1), "\(liveCount) encoders")
    require(
      hasFailed || machine.byteCountIn + machine.discardedByteCount == writtenByteCount,
      "\(machine.byteCountIn) + \(machine.discardedByteCount) of \(writtenByteCount) bytes")
    require(
      machine.byteCountOut == client.byteCount + passedByteCount,
      "byteCountOut is \(machine.byteCountOut)")
  }

  /// Whether the current head allows content, disregarding HEAD.
  private var allowsContent: Bool {
    let code = machine.head.status.code
    return
      !((100..<200).contains(code) || [204, 205, 304].contains(code)
      || (setup.request.method == .connect && (200..<300).contains(code)))
  }

  /// Whether bytes that are written now can become content of the message.
  var takesContent: Bool {
    !machine.hasEnded && (machine.isOpen || allowsContent) && machine.decision?.isRefused != true
  }

  /// Whether the client receives the accepted content.
  var sendsContent: Bool {
    allowsContent && setup.request.method != .head && machine.decision?.isRefused != true
  }

  mutating func takeOutput() {
    let output = machine.takeOutput()
    require(output.body.count <= bodyLimit, "\(output.body.count) bytes wait")
    client.receive(output, codedAs: machine.decision?.coding)
    largestBody = 0
    if machine.isOpen {
      require(output.head == nil && output.body.isEmpty, "an open response has sent something")
      return
    }
    if client.head != nil, sendsContent {
      require(
        accepted.dropFirst(knownByteCount).starts(with: client.content.dropFirst(knownByteCount)),
        "the client has bytes that were never written")
      knownByteCount = client.content.count
      if case .complete = client.end {
        require(
          client.content.count == accepted.count,
          "\(client.content.count) of \(accepted.count) bytes")
        if let expectedByteCount, !hasPassedThrough {
          require(accepted.count == expectedByteCount, "\(expectedByteCount) bytes were to come")
        }
      }
    } else {
      require(client.byteCount == 0, "content where none can go")
    }
    require(!machine.isOutputDue || output.isEmpty, "taken output is still due")
  }

  /// The maximum number of pending bytes: the bytes held, plus the limit.
  ///
  /// An encoder may output everything that it holds back at once: its window and zlib's pending
  /// output.
  private var bodyLimit: Int {
    let minimum = max(0, setup.settings.policy.minimumByteCount)
    let held = min(max(setup.settings.maximumBufferedBytes, minimum), 1 << 30)
    let unsent = max(min(setup.settings.maximumUnsentBytes, 1 << 30), held + 64 * 1024)
    return unsent + largestBody + (machine.decision?.coding == nil ? 0 : 160 * 1024)
  }

  /// Checks that the client has everything that was accepted, and that a second flush adds nothing.
  mutating func checkFlushed() {
    takeOutput()
    if machine.hasEnded { return }
    require(client.head != nil, "a flush has not sent the head")
    if sendsContent {
      require(
        client.content.count == accepted.count,
        "after a flush \(client.content.count) of \(accepted.count) bytes can be decoded")
    }
    do throws(ResponseError) {
      try machine.flush()
    } catch {
      checkFailure(error)
    }
    if !machine.hasEnded {
      require(!machine.isOutputDue && machine.takeOutput().isEmpty, "a second flush has output")
    }
  }
}

extension HTTPField.Name {
  static let contentDigest = HTTPField.Name("Content-Digest")!
}
