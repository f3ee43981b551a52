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

  /// Adds `Accept-Encoding` to `Vary`, a list that may span several lines.
  private mutating func varyOnAcceptEncoding(isPresent: Bool) {
    guard isPresent else { return add("Accept-Encoding", of: .vary) }
    var members = lines(of: .vary)
    let last = members.popLast() ?? ""
    members.append(last.isEmpty ? "Accept-Encoding" : "\(last), Accept-Encoding")
    setLines(members, of: .vary)
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

extension HTTPField.Name {
  /// The fields of ``KnownField/hopByHop``.
  fileprivate static var hopByHop: [HTTPField.Name] {
    [.te, .upgrade, HTTPField.Name("Keep-Alive"), HTTPField.Name("Proxy-Connection")]
      .compactMap(\.self)
  }
}
