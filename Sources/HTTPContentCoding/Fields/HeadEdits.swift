package import HTTPTypes

/// What changes in a response's head when it is committed; a field that stays isn't touched.
package struct HeadEdits: Sendable {
  /// What becomes of a field.
  package enum Edit: Sendable, Equatable {
    /// It stays as it is.
    case none
    /// It goes, with all its lines.
    case remove
    /// It has this line alone.
    case set(String)
  }

  package var contentEncoding = Edit.none
  package var contentLength = Edit.none
  package var entityTag = EntityTagEdit.none
  /// Fields to take away.
  package var removed: HeadFacts.Marks = []
  /// Whether `Connection` gets the option `close`, and loses what contradicts it (RFC 9112 §9.6).
  package var closesConnection = false
  /// Whether `Accept-Encoding` becomes a member of `Vary`.
  package var addsVary = false
  /// Why the response is coded or not, sent in a field of its own; nil for no such field.
  package var explanation: ContentCodingDecision.Reason?

  /// The length that coded content has before its coding, sent in a field of its own; nil for no
  /// such field.
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

  /// What becomes of the entity tags.
  package enum EntityTagEdit: Sendable, Equatable {
    case none
    /// Every tag becomes that of content that this coding has made; what isn't a tag goes.
    case coded(by: ContentCoding)
    /// There is this tag alone.
    case set(String)
  }

  /// What a decision means for a head: see `HTTPResponse/apply(_:)`.
  ///
  /// - Parameters:
  ///   - decision: The decision.
  ///   - status: The status of the response.
  ///   - facts: What its fields say.
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

  /// No change.
  package init() {}

  /// Whether the head stays as it is.
  package var isEmpty: Bool {
    contentEncoding == .none && contentLength == .none && entityTag == .none && removed.isEmpty
      && !closesConnection && !addsVary && explanation == nil && plainLength == nil
  }

  /// Makes the length the one that is sent; a field that says so already stays as it is.
  ///
  /// - Parameters:
  ///   - byteCount: The length in bytes; nil for none.
  ///   - facts: What the fields say.
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
  ///   - facts: What the fields say.
  package mutating func apply(_ edits: HeadEdits, _ facts: HeadFacts) {
    if edits.removed.contains(.acceptRanges) { setLines([], of: .acceptRanges) }
    if edits.removed.contains(.transferEncoding) { setLines([], of: .transferEncoding) }
    if edits.removed.contains(.connection) { setLines([], of: .connection) }
    if edits.removed.contains(.hopByHop) {
      for name in HTTPField.Name.hopByHop { setLines([], of: name) }
    }
    apply(edits.contentEncoding, to: .contentEncoding, isPresent: !facts.contentEncodings.isEmpty)
    apply(edits.contentLength, to: .contentLength, isPresent: facts.contentLength != .absent)
    if edits.closesConnection {
      setLines([HTTPFields.closing(connection: lines(of: .connection))], of: .connection)
    }
    switch edits.entityTag {
    case .none: break
    case .coded(let coding):
      let tags = lines(of: .eTag).compactMap { EntityTag($0)?.coded(by: coding) }
      setLines(tags, of: .eTag)
    case .set(let tag): setLines([tag], of: .eTag)
    }
    if edits.addsVary { varyOnAcceptEncoding(isPresent: facts.marks.contains(.vary)) }
    if let explanation = edits.explanation, let name = HTTPField.Name("X-Content-Coding-Decision") {
      setLines([explanation.description], of: name)
    }
    if let length = edits.plainLength { setLines([String(length.byteCount)], of: length.name) }
  }

  private mutating func apply(_ edit: HeadEdits.Edit, to name: HTTPField.Name, isPresent: Bool) {
    switch edit {
    case .none: break
    case .remove: setLines([], of: name)
    case .set(let line) where isPresent: setLines([line], of: name)
    case .set(let line): add(line, of: name)
    }
  }

  /// Makes `Accept-Encoding` a member of `Vary`, a list that may be spread over several lines.
  private mutating func varyOnAcceptEncoding(isPresent: Bool) {
    guard isPresent else { return add("Accept-Encoding", of: .vary) }
    var members = lines(of: .vary)
    let last = members.popLast() ?? ""
    members.append(last.isEmpty ? "Accept-Encoding" : "\(last), Accept-Encoding")
    setLines(members, of: .vary)
  }
}

extension HTTPFields {
  /// The value of `Connection` with the option `close`, and without one that contradicts it.
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
  /// The text without spaces and tabs around it (RFC 9110 §5.6.3).
  fileprivate var trimmingOptionalWhitespace: Substring {
    let start = drop { $0 == " " || $0 == "\t" }
    return start.lastIndex { $0 != " " && $0 != "\t" }.map { start[...$0] } ?? ""
  }
}

extension HTTPField.Name {
  /// The fields of ``KnownField/hopByHop``.
  fileprivate static var hopByHop: [HTTPField.Name] {
    [.te, .upgrade, HTTPField.Name("Keep-Alive"), HTTPField.Name("Proxy-Connection")]
      .compactMap(\.self)
  }
}
