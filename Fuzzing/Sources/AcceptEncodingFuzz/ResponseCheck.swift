import FuzzingSupport
import HTTPContentCoding
import HTTPTypes

/// The choices made by the first bytes of an input.
struct ResponseChoices {
  var acceptLineCount: Int
  var codings: [ContentCoding]
  var status: HTTPResponse.Status
  var method: HTTPRequest.Method
  var mode: CompressionMode?
  var body: BodySize
  var policy: CompressionPolicy

  init(_ input: inout FuzzInput) {
    acceptLineCount = input.number(below: 4)
    codings = input.choice([
      [.gzip], [.gzip, .deflate], [.deflate, .gzip], [], [.identity], [.identity, .gzip],
    ])
    status = HTTPResponse.Status(
      code: input.choice([200, 304, 404, 101, 103, 204, 205, 206, 301, 406, 500, 0, 999]))
    method = input.choice([.get, .head, .post, .connect])
    mode = input.choice([nil, nil, .automatic, .force, .off])
    let byteCount = input.choice([5000, 1, 0, 1023, 1024, .max])
    body = input.bool() ? .atLeast(byteCount) : .exactly(byteCount)
    policy = CompressionPolicy(
      minimumByteCount: input.choice([1024, 0, 1, -1, .max]), refusesUnacceptable: input.bool())
  }
}

private let fieldNames: [HTTPField.Name] = [
  .vary, .eTag, .contentType, .contentEncoding, .cacheControl, .acceptRanges, .contentLength,
  .contentRange, .contentLocation,
]

/// Decides about a response whose fields are the lines, and applies the decision.
func checkResponse(
  _ choices: ResponseChoices, _ acceptEncoding: AcceptEncoding,
  _ lines: ArraySlice<ArraySlice<UInt8>>
) {
  var response = HTTPResponse(status: choices.status)
  for line in lines {
    let name = fieldNames[Int(line.first ?? 2) % fieldNames.count]
    response.headerFields.append(HTTPField(name: name, value: line.dropFirst()))
  }
  if !response.headerFields.contains(.contentType) {
    response.headerFields[.contentType] = "text/html"
  }
  let decision = choices.policy.decision(
    for: response, requestMethod: choices.method, acceptEncoding: acceptEncoding,
    offering: choices.codings, mode: choices.mode, body: choices.body)
  checkDecision(decision, choices, acceptEncoding)
  for decision in [decision, decision.fallingBackToIdentity(because: .noSavings)] {
    checkApplied(decision, to: response)
  }
}

private func checkDecision(
  _ decision: ContentCodingDecision, _ choices: ResponseChoices, _ acceptEncoding: AcceptEncoding
) {
  require(decision.isIdentityAcceptable == acceptEncoding.isIdentityAcceptable, "identity")
  require(!decision.isRefused || choices.policy.refusesUnacceptable, "refused without leave")
  require(!decision.isRefused || decision.isNothingAcceptable, "refused without reason")
  guard let coding = decision.coding else { return }
  require(decision.reason == .coded, "coded because \(decision.reason)")
  require(coding != .identity && choices.codings.contains(coding), "\(coding) is not offered")
  require(acceptEncoding.isFieldPresent, "coded without being asked")
  require(acceptEncoding.quality(of: coding).isAcceptable, "\(coding) is not acceptable")
  require(decision.variesOnAcceptEncoding, "coded and does not vary")
  require(decision.selectsCodedRepresentation, "coded and does not select the coded one")
  require(choices.body != .exactly(0) && choices.mode != .off, "coded all the same")
}

private func checkApplied(_ decision: ContentCodingDecision, to response: HTTPResponse) {
  var applied = response
  applied.apply(decision)
  var twice = applied
  twice.apply(decision)
  require(applied == twice, "applying twice: \(applied.headerFields) \(twice.headerFields)")
  let (before, after) = (response.headerFields, applied.headerFields)

  // A member of Vary is a field name, which has no quotes (RFC 9110 §12.5.5).
  let varyBefore = varyMembers(before)
  let varyAfter = varyMembers(after)
  require(
    varyAfter == varyBefore || varyAfter == varyBefore + ["accept-encoding"],
    "Vary \(varyBefore) became \(varyAfter)")
  if decision.variesOnAcceptEncoding {
    require(
      varyAfter.contains("*") || varyAfter.contains("accept-encoding"), "Vary is \(varyAfter)")
  }

  let codings = before[values: .contentEncoding].flatMap { value in
    NaiveAcceptEncoding.members(Array(value.utf8)).map { member in
      String(decoding: member, as: UTF8.self).lowercased()
    }
  }.filter { !$0.isEmpty && !["identity", "none"].contains($0) }
  let hadCoding = !codings.isEmpty
  if let coding = decision.coding {
    require(!hadCoding, "coded twice")
    require(after[values: .contentEncoding] == [coding.name], "Content-Encoding is missing")
    require(!after.contains(.contentLength) && !after.contains(.acceptRanges), "stale fields")
    require(!after.contains(.contentRange), "a range was coded")
  } else {
    // A member that only begins with `identity` or `none` isn't checked any further.
    let values = after[values: .contentEncoding]
    let isKept = values == before[values: .contentEncoding]
    require(values.isEmpty || isKept || values == [codings.joined(separator: ", ")], "\(values)")
  }
  if [100, 101, 103, 204, 205, 304].contains(response.status.code) {
    require(!after.contains(.contentEncoding), "a coding of no content")
  }
  if let coding = decision.selectedCoding {
    require(after[values: .eTag].allSatisfy { $0.utf8.starts(with: "W/\"".utf8) }, "strong tag")
    checkRestored(before[values: .eTag], from: after[values: .eTag], coding)
  } else {
    require(after[fields: .eTag] == before[fields: .eTag], "a tag has changed")
  }
  for name in [HTTPField.Name.contentType, .cacheControl, .contentLocation] {
    require(after[fields: name] == before[fields: name], "\(name) has changed")
  }
}

/// Checks that a client can return with the tag that it received, and that the route sees its own.
private func checkRestored(_ own: [String], from sent: [String], _ coding: ContentCoding) {
  guard own.count == 1, own[0].utf8.first == UInt8(ascii: "\""), sent.count == 1 else { return }
  var request: HTTPFields = [.ifNoneMatch: sent[0], .ifMatch: "*, \(sent[0])"]
  request.restoreValidators(offering: [coding])
  require(request[values: .ifNoneMatch] == own, "\(own) came back as \(request)")
  require(request[values: .ifMatch] == ["*, \(own[0])"], "\(own) came back as \(request)")
}

/// The members of all lines, in lowercase.
private func varyMembers(_ fields: HTTPFields) -> [String] {
  fields[values: .vary].flatMap { value in
    value.utf8.split(separator: UInt8(ascii: ",")).map { member in
      let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
      let trimmed = member.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
      return String(decoding: Array(trimmed), as: UTF8.self).lowercased()
    }
  }.filter { !$0.isEmpty }
}
