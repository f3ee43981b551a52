public import HTTPContentCoding
public import HTTPTypes
import Logging
import OutputBuffering

extension BufferedResponse {
  /// Changes the head.
  ///
  /// ```swift
  /// try response.updateHead { head in
  ///   head.status = .created
  ///   head.headerFields[.contentType] = "text/html; charset=utf-8"
  /// }
  /// ```
  ///
  /// A `Transfer-Encoding` is taken away: framing is the server's. A `Content-Length` declares how many
  /// bytes are written, before coding; more or fewer are an error, and break off a message that has begun.
  /// A coded body is sent without it. Where no content can be, it means nothing, and neither does a
  /// `Content-Encoding`.
  ///
  /// Where a disconnect is ignored and the client has left, nothing is changed and nothing thrown; that
  /// holds for everything here.
  ///
  /// - Parameter change: Changes status and fields in place.
  /// - Throws: ``ResponseError/Code/committed`` once the head is sent, ``ResponseError/Code/ended``
  ///   after the end; nothing is changed then.
  public func updateHead(_ change: (inout HTTPResponse) -> Void) throws(ResponseError) {
    guard !isWithoutClient else { return }
    try output.sink.machine.requireOpen("the head")
    // On a copy: the closure may look at the response, to which changing it in place is exclusive.
    var head = output.sink.machine.head
    change(&head)
    try output.sink.machine.updateHead { $0 = head }
  }

  /// Sets the trailer fields, which follow the content (RFC 9110 §6.5).
  ///
  /// - Parameter fields: The trailer fields; nil for none.
  /// - Throws: ``ResponseError/Code/committed`` when the framing is fixed and has no room for
  ///   trailers, ``ResponseError/Code/ended`` after the end, ``ResponseError/Code/forbiddenTrailer`` for a
  ///   field of framing, routing, authentication, control or content format (RFC 9110 §6.5.1); nothing is
  ///   changed then.
  public func setTrailers(_ fields: HTTPFields?) throws(ResponseError) {
    guard !isWithoutClient else { return }
    try output.sink.machine.setTrailers(fields)
  }

  /// Whether this response is compressed; nil for what its group of routes, or else the policy, says.
  ///
  /// ```swift
  /// response.compressionMode = .off
  /// ```
  ///
  /// The commit fixes the coding: a mode that is set later changes nothing and is logged as a warning.
  /// ``reset()`` sets it to nil.
  public var compressionMode: CompressionMode? {
    get { output.sink.machine.compressionMode }
    set {
      guard !isWithoutClient else { return }
      do {
        try output.sink.machine.setCompressionMode(newValue)
      } catch {
        logger.warning("compression mode not changed", metadata: ["error": "\(error)"])
      }
    }
  }

  /// Asks reverse proxies to pass the response on as it comes (`X-Accel-Buffering: no`).
  ///
  /// Without it nginx in its default configuration holds an early answer until it is whole.
  ///
  /// - Throws: ``ResponseError/Code/committed`` once the head is sent.
  public func disableProxyBuffering() throws(ResponseError) {
    try updateHead { head in
      guard let name = HTTPField.Name("X-Accel-Buffering") else { return }
      head.headerFields[name] = "no"
    }
  }

  /// Discards everything that isn't committed: all buffers, the body, all changes of the head.
  ///
  /// Handlers of the buffers see what `ob_end_clean` would show them.
  ///
  /// - Throws: ``ResponseError/Code/committed`` once the head is sent; nothing is discarded then.
  public func reset() throws(ResponseError) {
    if isWithoutClient { return output.discardAll() }
    try output.sink.machine.requireOpen("a response")
    output.discardAll()
    output.sink.clearRefusal()
    try output.sink.machine.reset()
    output.sink.machine.defersCommit = hooks.rearmBeforeCommit()
  }

  /// Sends an interim response, such as 103 Early Hints (RFC 8297), now.
  ///
  /// - Parameter response: A head with a status of 100 to 199, other than 101.
  /// - Throws: ``ResponseError/Code/invalidStatus``, ``ResponseError/Code/committed`` once the final
  ///   head is sent, ``ResponseError/Code/disconnected``.
  public func sendInformational(_ response: HTTPResponse) async throws(ResponseError) {
    try checkClient()
    guard !isWithoutClient else { return }
    try output.sink.machine.sendInformational(response)
    try await transmitIfDue()
  }
}
