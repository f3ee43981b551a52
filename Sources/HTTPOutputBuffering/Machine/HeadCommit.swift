package import HTTPContentCoding

/// The decisions that fix a response's head: its coding, its fields, and the framing of its message.
package struct HeadCommit: Sendable {
  /// The coding and the reason for it; nil for the head of a tunnel.
  package var decision: ContentCodingDecision?
  /// The changes to the head's fields.
  package var edits: HeadEdits
  package var framing: MessageFraming
  /// Whether the connection closes after the last byte of the response.
  package var closesConnection: Bool

  package init(
    decision: ContentCodingDecision? = nil, edits: HeadEdits, framing: MessageFraming,
    closesConnection: Bool
  ) {
    self.decision = decision
    self.edits = edits
    self.framing = framing
    self.closesConnection = closesConnection
  }

  /// Whether a 406 response replaces the head (RFC 9110 §15.5.7).
  package var isRefused: Bool { decision?.isRefused == true }

  /// The content that follows the head.
  package var content: UncodedResponse.RemainingContent {
    decision == nil ? .tunnel : UncodedResponse.RemainingContent(framing)
  }
}
