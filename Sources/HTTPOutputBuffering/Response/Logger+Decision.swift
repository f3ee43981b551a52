package import HTTPContentCoding
package import Logging

extension Logger {
  /// Logs at debug level why a response wasn't compressed.
  package func explain(_ decision: ContentCodingDecision?) {
    guard let decision, decision.coding == nil else { return }
    debug("response not coded", metadata: ["reason": "\(decision.reason)"])
  }
}
