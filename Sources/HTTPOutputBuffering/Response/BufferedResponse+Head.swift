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
  /// A `Transfer-Encoding` is removed, since the server does the framing. A `Content-Length`
  /// declares the number of bytes written, before coding; more or fewer bytes are an error, which
  /// aborts a message that has begun. A coded body is sent without it. In a response without
  /// content, both `Content-Length` and `Content-Encoding` are meaningless.
  ///
  /// If a disconnect is ignored and the client has left, nothing is changed and nothing is thrown.
  /// This applies to all operations in this extension.
  ///
  /// - Parameter change: A closure that changes status and fields in place.
  /// - Throws: ``ResponseError/Code/committed`` once the head is sent, ``ResponseError/Code/ended``
  ///   after the end; nothing is changed then.
  public func updateHead(_ change: (inout HTTPResponse) -> Void) throws(ResponseError) {
    guard !isWithoutClient else { return }
    try output.sink.machine.requireOpen("the head can't be changed")
    // The closure changes a copy, since it may read the response, which an in-place change would
    // access exclusively.
    var head = output.sink.machine.head
    change(&head)
    try output.sink.machine.updateHead { $0 = head }
  }

  /// Sets the trailer fields, which follow the content (RFC 9110 §6.5).
  ///
  /// - Parameter fields: The trailer fields; nil for none.
  /// - Throws: Nothing is changed then.
  ///   - ``ResponseError/Code/committed`` if the framing is fixed and has no room for trailers.
  ///   - ``ResponseError/Code/ended`` after the end.
  ///   - ``ResponseError/Code/forbiddenTrailer`` for a field of framing, routing, authentication,
  ///     control or content format (RFC 9110 §6.5.1).
  public func setTrailers(_ fields: HTTPFields?) throws(ResponseError) {
    guard !isWithoutClient else { return }
    try output.sink.machine.setTrailers(fields)
  }

  /// The compression mode of this response; nil for the mode of its group of routes or, failing
  /// that, of the policy.
  ///
  /// ```swift
  /// response.compressionMode = .off
  /// ```
  ///
  /// The commit fixes the coding: setting a mode later has no effect and logs a warning.
  /// ``reset()`` sets the mode to nil.
  public var compressionMode: CompressionMode? {
    get { output.sink.machine.compressionMode }
    set {
      guard !isWithoutClient else { return }
      do {
        try output.sink.machine.setCompressionMode(newValue)
        MiddlewareState.current?.exempt(inPlaceOf: newValue)
      } catch {
        logger.warning("compression mode not changed", metadata: ["error": "\(error)"])
      }
    }
  }

  /// Asks reverse proxies to pass the response on without buffering (`X-Accel-Buffering: no`).
  ///
  /// Without this field, nginx in its default configuration holds an early answer until it is
  /// complete.
  ///
  /// - Throws: ``ResponseError/Code/committed`` once the head is sent, ``ResponseError/Code/ended``
  ///   after the end.
  public func disableProxyBuffering() throws(ResponseError) {
    try updateHead { head in
      guard let name = HTTPField.Name("X-Accel-Buffering") else { return }
      head.headerFields[name] = "no"
    }
  }

  /// Discards everything that isn't committed: all buffers, the body, and all changes to the head.
  ///
  /// The buffers' output handlers are called as for `ob_end_clean()`.
  ///
  /// - Throws: ``ResponseError/Code/committed`` once the head is sent, ``ResponseError/Code/ended``
  ///   after the end; nothing is discarded then.
  public func reset() throws(ResponseError) {
    if isWithoutClient { return output.discardAll() }
    try output.sink.machine.requireOpen("a response can't be reset")
    output.discardAll()
    output.sink.clearRefusal()
    try output.sink.machine.reset()
    output.sink.machine.defersCommit = hooks.rearmBeforeCommit()
  }

  /// Sends an interim response, such as 103 Early Hints (RFC 8297), now.
  ///
  /// - Parameter response: A head with a status of 100 to 199, other than 101.
  /// - Throws: One of these errors.
  ///   - ``ResponseError/Code/invalidStatus`` for another status.
  ///   - ``ResponseError/Code/committed`` once the final head is sent.
  ///   - ``ResponseError/Code/ended`` after the end.
  ///   - ``ResponseError/Code/disconnected`` and ``ResponseError/Code/timedOut`` unless a disconnect
  ///     is ignored.
  public func sendInformational(_ response: HTTPResponse) async throws(ResponseError) {
    try checkClient()
    guard !isWithoutClient else { return }
    try output.sink.machine.sendInformational(response)
    try await transmitIfDue()
  }
}
