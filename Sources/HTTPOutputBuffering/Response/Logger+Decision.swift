package import HTTPContentCoding
package import Logging

extension Logger {
  /// Answers why a response wasn't compressed, at the level debug.
  package func explain(_ decision: ContentCodingDecision?) {
    guard let decision, decision.coding == nil else { return }
    debug("response not coded", metadata: ["reason": "\(decision.reason)"])
  }
}
