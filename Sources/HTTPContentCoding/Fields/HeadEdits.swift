package import HTTPTypes

/// The changes to a response's head at commit; fields without a change aren't touched.
package struct HeadEdits: Sendable {
  // Boxes hold what few responses need, so that the others are copied cheaply.

  /// The change to `Content-Encoding`.
  package enum ContentEncodingEdit: Sendable, Equatable {
    case none
    case remove
    /// The field names this coding only.
    case coded(by: ContentCoding)
    /// The field is replaced by this list.
    indirect case set(String)
  }

  /// The change to `Content-Length`.
  package enum ContentLengthEdit: Sendable, Equatable {
    case none
    case remove
    /// The length in bytes.
    case set(Int)
  }

  package var contentEncoding = ContentEncodingEdit.none
  package var contentLength = ContentLengthEdit.none
  package var entityTag = EntityTagEdit.none
  /// The fields to remove.
  package var removed: HeadFacts.Marks = []
  /// Whether `Connection` gets the option `close` and loses options that contradict it (RFC 9112
  /// §9.6).
  package var closesConnection = false
  /// Whether `Accept-Encoding` is added to `Vary`.
  package var addsVary = false
  /// Fields with information about the coding, each of which replaces those of the same name.
  package var information: [HTTPField] = []

  /// The change to the entity tags.
  package enum EntityTagEdit: Sendable, Equatable {
    case none
    /// Each tag becomes the one that this coding derives from it; invalid tags are removed.
    case coded(by: ContentCoding)
    /// All tags are replaced by this one.
    indirect case set(String)
  }

  /// Creates the edits that a decision requires: see `HTTPResponse/apply(_:)`.
  ///
  /// - Parameters:
  ///   - decision: The decision.
  ///   - status: The status of the response.
  ///   - facts: The facts from its fields.
  package init(
    _ decision: borrowing ContentCodingDecision, for status: HTTPResponse.Status,
    _ facts: borrowing HeadFacts
  ) {
    if let coding = decision.coding {
      contentEncoding = .coded(by: coding)
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
      && !closesConnection && !addsVary && information.isEmpty
  }

  /// Sets the length to send; a field that already declares it stays as it is.
  ///
  /// - Parameters:
  ///   - byteCount: The length in bytes; nil for none.
  ///   - facts: The facts from the fields.
  package mutating func setContentLength(_ byteCount: Int?, _ facts: HeadFacts) {
    if let byteCount {
      let isSaid = facts.contentLength == .exactly(byteCount) && facts.isContentLengthPlain
      contentLength = isSaid ? .none : .set(byteCount)
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
    if edits.contentEncoding != .none, facts.hasContentEncoding {
      replaced.insert(.contentEncoding)
    }
    if edits.contentLength != .none, facts.contentLength != .absent {
      replaced.insert(.contentLength)
    }
    var connection: String?
    if edits.closesConnection {
      // Options of a connection that is removed go with it.
      let options = replaced.contains(.connection) ? [] : lines(of: .connection)
      connection = HTTPFields.closing(connection: options)
      replaced.insert(.connection)
    }
    var tags: [String] = []
    switch edits.entityTag {
    case .none: break
    case .coded(let coding):
      tags = lines(of: .eTag).compactMap { EntityTag($0)?.coded(by: coding) }
      replaced.insert(.entityTag)
    case .set(let tag):
      tags = [tag]
      replaced.insert(.entityTag)
    }
    var varied: [String] = []
    if edits.addsVary, facts.marks.contains(.vary) {
      varied = lines(of: .vary)
      replaced.insert(.vary)
    }
    replace(replaced) { add in
      switch edits.contentEncoding {
      case .none, .remove: break
      case .coded(let coding): add(.contentEncoding, coding.name)
      case .set(let codings): add(.contentEncoding, codings)
      }
      if case .set(let length) = edits.contentLength { add(.contentLength, String(length)) }
      if let connection { add(.connection, connection) }
      for tag in tags { add(.eTag, tag) }
      guard edits.addsVary else { return }
      // A list may span several lines.
      for line in varied.dropLast() { add(.vary, line) }
      let last = varied.last ?? ""
      add(.vary, last.isEmpty ? "Accept-Encoding" : "\(last), Accept-Encoding")
    }
    for field in edits.information { setLines([field.value], of: field.name) }
  }
}

extension HTTPFields {
  /// Returns the value of `Connection` with the option `close` and without options that contradict
  /// it.
  package static func closing(connection lines: [String]) -> String {
    var options: [String] = []
    for line in lines {
      for option in line.split(separator: ",") {
        let name = String(option).trimmingOptionalWhitespace
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
