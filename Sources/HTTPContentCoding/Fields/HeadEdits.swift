package import HTTPTypes

/// The changes to a response's head at commit; fields without a change aren't touched.
package struct HeadEdits: Sendable {
  /// The change to one field.
  package enum Edit: Sendable, Equatable {
    /// The field stays as it is.
    case none
    /// The field is removed, with all its lines.
    case remove
    /// The field is replaced by this single line.
    case set(String)
  }

  package var contentEncoding = Edit.none
  package var contentLength = Edit.none
  package var entityTag = EntityTagEdit.none
  /// The fields to remove.
  package var removed: HeadFacts.Marks = []
  /// Whether `Connection` gets the option `close` and loses options that contradict it (RFC 9112
  /// §9.6).
  package var closesConnection = false
  /// Whether `Accept-Encoding` is added to `Vary`.
  package var addsVary = false
  /// Why the response is coded or not, sent in its own field; nil to send no such field.
  package var explanation: ContentCodingDecision.Reason?

  /// The length of coded content before its coding, sent in its own field; nil to send no such
  /// field.
  package var plainLength: PlainLength?

  /// The length of content before its coding.
  package struct PlainLength: Sendable, Equatable {
    package var name: HTTPField.Name
    package var byteCount: Int

    package init(name: HTTPField.Name, byteCount: Int) {
      self.name = name
      self.byteCount = byteCount
    }
  }

  /// The change to the entity tags.
  package enum EntityTagEdit: Sendable, Equatable {
    case none
    /// Each tag becomes the one that this coding derives from it; invalid tags are removed.
    case coded(by: ContentCoding)
    /// All tags are replaced by this one.
    case set(String)
  }

  /// Creates the edits that a decision requires: see `HTTPResponse/apply(_:)`.
  ///
  /// - Parameters:
  ///   - decision: The decision.
  ///   - status: The status of the response.
  ///   - facts: The facts from its fields.
  package init(
    _ decision: ContentCodingDecision, for status: HTTPResponse.Status, _ facts: HeadFacts
  ) {
    if let coding = decision.coding {
      contentEncoding = .set(coding.name)
    } else if status.hasNoContent {
      contentEncoding = facts.contentEncodings.isEmpty ? .none : .remove
    } else {
      contentEncoding = facts.contentEncodingToSend
    }
    if let coding = decision.selectedCoding {
      if facts.entityTag != nil { entityTag = .coded(by: coding) }
      removed = facts.marks.intersection(.acceptRanges)
      if facts.contentLength != .absent { contentLength = .remove }
    }
    addsVary =
      decision.variesOnAcceptEncoding && !facts.marks.contains(.variesOnAcceptEncoding)
  }

  /// Creates edits that change nothing.
  package init() {}

  /// Whether the edits change nothing.
  package var isEmpty: Bool {
    contentEncoding == .none && contentLength == .none && entityTag == .none && removed.isEmpty
      && !closesConnection && !addsVary && explanation == nil && plainLength == nil
  }

  /// Sets the length to send; a field that already declares it stays as it is.
  ///
  /// - Parameters:
  ///   - byteCount: The length in bytes; nil for none.
  ///   - facts: The facts from the fields.
  package mutating func setContentLength(_ byteCount: Int?, _ facts: HeadFacts) {
    if let byteCount {
      let isSaid = facts.contentLength == .exactly(byteCount) && facts.isContentLengthPlain
      contentLength = isSaid ? .none : .set(String(byteCount))
    } else {
      contentLength = facts.contentLength == .absent ? .none : .remove
    }
  }
}

extension HeaderFields {
  /// Changes the fields in place.
  ///
  /// - Parameters:
  ///   - edits: What changes.
  ///   - facts: The facts from the fields.
  package mutating func apply(_ edits: HeadEdits, _ facts: HeadFacts) {
    var replaced = edits.removed.fields
    var added: [HeaderLine] = []
    added.reserveCapacity(4)
    func set(_ line: String, _ name: HTTPField.Name, _ field: KnownField, isPresent: Bool) {
      if isPresent { replaced.insert(field) }
      added.append((name, line))
    }
    switch edits.contentEncoding {
    case .none: break
    case .remove: replaced.insert(.contentEncoding)
    case .set(let line):
      set(line, .contentEncoding, .contentEncoding, isPresent: facts.hasContentEncoding)
    }
    switch edits.contentLength {
    case .none: break
    case .remove: replaced.insert(.contentLength)
    case .set(let line):
      set(line, .contentLength, .contentLength, isPresent: facts.contentLength != .absent)
    }
    if edits.closesConnection {
      // Options of a connection that is removed go with it.
      let options = replaced.contains(.connection) ? [] : lines(of: .connection)
      set(HTTPFields.closing(connection: options), .connection, .connection, isPresent: true)
    }
    switch edits.entityTag {
    case .none: break
    case .coded(let coding):
      replaced.insert(.entityTag)
      for tag in lines(of: .eTag) {
        if let coded = EntityTag(tag)?.coded(by: coding) { added.append((.eTag, coded)) }
      }
    case .set(let tag): set(tag, .eTag, .entityTag, isPresent: true)
    }
    if edits.addsVary {
      if facts.marks.contains(.vary) { replaced.insert(.vary) }
      for line in linesVaryingOnAcceptEncoding(facts) { added.append((.vary, line)) }
    }
    if !replaced.isEmpty || !added.isEmpty { replace(replaced, adding: added) }
    if let explanation = edits.explanation, let name = HTTPField.Name("X-Content-Coding-Decision") {
      setLines([explanation.description], of: name)
    }
    if let length = edits.plainLength { setLines([String(length.byteCount)], of: length.name) }
  }

  /// The lines of `Vary` with `Accept-Encoding`, which may span several.
  private func linesVaryingOnAcceptEncoding(_ facts: HeadFacts) -> [String] {
    guard facts.marks.contains(.vary) else { return ["Accept-Encoding"] }
    var members = lines(of: .vary)
    let last = members.popLast() ?? ""
    members.append(last.isEmpty ? "Accept-Encoding" : "\(last), Accept-Encoding")
    return members
  }
}

extension HTTPFields {
  /// Returns the value of `Connection` with the option `close` and without options that contradict
  /// it.
  package static func closing(connection lines: [String]) -> String {
    var options: [String] = []
    for line in lines {
      for option in line.split(separator: ",") {
        let name = String(option.trimmingOptionalWhitespace)
        if !name.isEmpty, !name.isASCII(caseInsensitive: "close"),
          !name.isASCII(caseInsensitive: "keep-alive")
        {
          options.append(name)
        }
      }
    }
    options.append("close")
    return options.joined(separator: ", ")
  }
}

extension Substring {
  /// The text without leading and trailing spaces and tabs (RFC 9110 §5.6.3).
  fileprivate var trimmingOptionalWhitespace: Substring {
    let start = drop { $0 == " " || $0 == "\t" }
    return start.lastIndex { $0 != " " && $0 != "\t" }.map { start[...$0] } ?? ""
  }
}
