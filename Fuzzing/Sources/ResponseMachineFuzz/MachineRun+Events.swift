import FuzzingSupport
import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes

extension MachineRun {
  mutating func write(_ bytes: [UInt8]) {
    let isContent = takesContent
    let isEvent = [0x0A, 0x0D].contains(bytes.last) && isEventStream && !machine.hasEnded
    do throws(ResponseError) {
      try machine.write(bytes.span)
    } catch {
      // A write that throws refuses all of its bytes.
      require(isContent || isEvent, "a write that is discarded threw \(error)")
      return checkFailure(error)
    }
    writtenByteCount += bytes.count
    if isContent { accepted += bytes }
    if isEvent { checkFlushed() }
  }

  private var isEventStream: Bool {
    machine.head.headerFields[values: .contentType] == ["text/event-stream"]
  }

  mutating func flush() {
    do throws(ResponseError) {
      try machine.flush()
    } catch {
      return checkFailure(error)
    }
    require(!machine.isOpen, "a flush has not committed")
    checkFlushed()
  }

  mutating func finish() {
    do throws(ResponseError) {
      try machine.finish()
    } catch {
      return checkFailure(error)
    }
    require(machine.hasEnded, "finish() has not ended the response")
    takeOutput()
  }

  mutating func finish(with bytes: [UInt8]) {
    let isContent = takesContent
    do throws(ResponseError) {
      try machine.finish(with: bytes.span)
    } catch {
      // An open response hasn't accepted any bytes; after the end no count is checked.
      return checkFailure(error)
    }
    writtenByteCount += bytes.count
    if isContent { accepted += bytes }
    largestBody = accepted.count
    require(machine.hasEnded, "finish(with:) has not ended the response")
    takeOutput()
  }

  mutating func abort() {
    // A head without content is output together with its end, which is then that of a whole
    // message.
    let hadEnded = machine.hasEnded || client.end != nil
    machine.abort()
    takeOutput()
    if !hadEnded { require(client.end == .aborted, "an abort ended as \(client.end as Any)") }
  }

  mutating func reset() {
    let wasOpen = machine.isOpen
    do throws(ResponseError) {
      try machine.reset()
    } catch {
      return require(!wasOpen, "an open response was not reset: \(error)")
    }
    require(wasOpen && machine.head == setup.head, "reset() of what is committed")
    writtenByteCount = machine.discardedByteCount
    accepted = []
  }

  /// Uses the adapter's shortcut if nothing has been written.
  mutating func passThrough(_ input: inout FuzzInput) {
    let byteCount = input.choice([nil, 0, 5, 5000, 1 << 40])
    guard machine.isOpen, accepted.isEmpty else { return }
    takeOutput()
    guard let head = machine.passThrough(bodyByteCount: byteCount)?.head else {
      return require(machine.isOpen && machine.decision == nil, "passThrough has changed something")
    }
    hasPassedThrough = true
    passedByteCount = machine.byteCountOut
    writtenByteCount += passedByteCount
    require(passedByteCount == 0 || passedByteCount == byteCount, "\(passedByteCount) bytes passed")
    require(machine.hasEnded && machine.takeOutput().isEmpty, "passThrough has left something")
    if let length = head.framing.contentLength {
      require(length == byteCount, "\(length) bytes declared, \(byteCount as Any) come")
    }
    require(machine.decision?.coding == nil || head.framing == .noContent, "coded, passed through")
  }

  /// Declares the length of a body before any of its bytes.
  mutating func expect(_ byteCount: Int) {
    guard machine.isOpen, writtenByteCount == 0, setup.request.method != .head else { return }
    machine.expect(bodyByteCount: byteCount)
    expectedByteCount = byteCount
    hasDeclaredLength = true
  }

  mutating func setTrailers(_ fields: HTTPFields?) {
    let (wasOpen, hadEnded) = (machine.isOpen, machine.hasEnded)
    do throws(ResponseError) {
      try machine.setTrailers(fields)
      require(!hadEnded, "trailers after the end")
      require(fields?.contains(.setCookie) != true, "a forbidden trailer was taken")
    } catch {
      let isForbidden = fields?.contains(.setCookie) == true && error.code == .forbiddenTrailer
      require(!wasOpen || isForbidden, "an open response refuses trailers: \(error)")
    }
  }

  mutating func sendInformational(_ number: Int) {
    let status = [103, 100, 101, 200][number]
    let wasOpen = machine.isOpen
    do throws(ResponseError) {
      try machine.sendInformational(HTTPResponse(status: .init(code: status)))
      require(wasOpen && number < 2, "a \(status) as an interim response")
    } catch {
      require(!wasOpen || number >= 2, "a \(status) was refused: \(error)")
    }
  }

  mutating func setMode(_ mode: CompressionMode?) {
    let wasOpen = machine.isOpen
    do throws(ResponseError) {
      try machine.setCompressionMode(mode)
      require(wasOpen, "the mode was set after the commit")
    } catch {
      require(!wasOpen, "an open response refuses a mode")
    }
  }

  mutating func updateHead(_ input: inout FuzzInput) {
    let change = HeadChange(&input)
    let before = machine.head
    let wasOpen = machine.isOpen
    do throws(ResponseError) {
      try machine.updateHead { change.apply(to: &$0) }
      require(wasOpen, "the head was changed after the commit")
      hasDeclaredLength = hasDeclaredLength || machine.head.headerFields.contains(.contentLength)
    } catch {
      require(!wasOpen && machine.head == before, "the head was refused: \(error)")
    }
  }

  /// Checks which error occurred and which state it leaves.
  mutating func checkFailure(_ error: ResponseError) {
    switch error.code {
    case .declaredLengthExceeded, .declaredLengthNotReached:
      require(hasDeclaredLength, "no length was declared: \(error)")
    case .unsentLimitExceeded:
      break
    case .invalidStatus:
      let status = machine.head.status
      require(
        machine.isOpen && status.kind == .informational
          && (status != .switchingProtocols || setup.request.version == .http2),
        "\(status) was refused")
    case .encodingFailed:
      require(setup.isFailing && machine.hasEnded, "an encoder failed: \(error)")
      hasFailed = true
    default:
      fatalError("an unexpected error: \(error)")
    }
    if machine.hasEnded {
      hasFailed = true
      takeOutput()
      require(client.end == .aborted, "a failed response ended as \(client.end as Any)")
    }
  }
}

/// A change of the head, selected from a table.
struct HeadChange {
  private let name: HTTPField.Name?
  private let value: String?
  private let status: Int

  init(_ input: inout FuzzInput) {
    let kind = input.number(below: 12)
    let choice = input.byte()
    status = [200, 204, 304, 404, 205, 101, 206, 100, 500, 103][Int(choice) % 10]
    let (name, values): (HTTPField.Name?, [String?]) =
      switch kind {
      case 0...2:
        (
          .contentLength,
          [
            nil, "0", "5", "63", "100", "1000", "007", "-1", "+5", "5, 5", "",
            "18446744073709551616",
            "9223372036854775807",
          ]
        )
      case 3, 4:
        (
          .contentType,
          ["text/html", nil, "text/event-stream", "image/png", "application/grpc", "/"]
        )
      case 5: (.eTag, ["\"strong\"", "W/\"weak\"", "broken", nil])
      case 6: (.contentEncoding, ["identity", "br", "gzip", "none", nil])
      case 7: (.connection, ["close", "keep-alive", "upgrade, Close", nil])
      case 8: (.transferEncoding, ["chunked", nil])
      case 9: (.cacheControl, ["no-transform", "max-age=1", nil])
      default: (nil, [nil])
      }
    self.name = name
    value = values[Int(choice) % values.count]
  }

  func apply(to head: inout HTTPResponse) {
    if let name {
      head.headerFields[name] = value
    } else {
      head.status = HTTPResponse.Status(code: status)
    }
  }
}
