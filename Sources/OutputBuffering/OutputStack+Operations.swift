extension OutputStack where Sink: ~Copyable {
  /// Passes the contents of the innermost buffer through its handler to the next one outwards.
  ///
  /// Mirrors `ob_flush()`: one level only, and the buffer stays open. The handler is invoked also
  /// for an empty buffer. That it fails is not an error here.
  ///
  /// - Throws: ``OutputBufferError`` with `noBuffer`, `notFlushable` or `handlerIsRunning`.
  public func flush() throws(OutputBufferError) {
    let level = try innermost(.flush, requiring: .flushable)
    operate { passOn(from: level, phase: .flush) }
  }

  /// Throws the contents of the innermost buffer away.
  ///
  /// Mirrors `ob_clean()`: the handler is invoked with the contents so that it can forget what it
  /// holds back, and the buffer stays open. That the handler fails is not an error here.
  ///
  /// - Throws: ``OutputBufferError`` with `noBuffer`, `notCleanable` or `handlerIsRunning`.
  public func clean() throws(OutputBufferError) {
    let level = try innermost(.clean, requiring: .cleanable)
    operate { storages.give(process(level, .clean)) }
  }

  /// Ends the innermost buffer and passes its contents through its handler to the next one
  /// outwards.
  ///
  /// Mirrors `ob_end_flush()`. That the handler fails is not an error here.
  ///
  /// - Throws: ``OutputBufferError`` with `noBuffer`, `notRemovable` or `handlerIsRunning`.
  public func endFlush() throws(OutputBufferError) {
    let level = try innermost(.endFlush, requiring: .removable)
    operate { end(level, .send) }
  }

  /// Ends the innermost buffer and throws its contents away.
  ///
  /// Mirrors `ob_end_clean()`: the handler is invoked with ``OutputPhase/clean`` and
  /// ``OutputPhase/final``. That it fails is not an error here.
  ///
  /// - Throws: ``OutputBufferError`` with `noBuffer`, `notRemovable` or `handlerIsRunning`.
  public func endClean() throws(OutputBufferError) {
    let level = try innermost(.endClean, requiring: .removable)
    operate { end(level, .discard) }
  }

  /// Ends the innermost buffer and returns its contents instead of sending them.
  ///
  /// Mirrors `ob_get_clean()`, except that a refusal returns nothing. The contents are what was
  /// written, not what the handler makes of it; the handler is invoked as in ``endClean()``.
  ///
  /// - Returns: The bytes the buffer held.
  /// - Throws: ``OutputBufferError`` with `noBuffer`, `notRemovable` or `handlerIsRunning`.
  public func takeContents() throws(OutputBufferError) -> ContiguousArray<UInt8> {
    let level = try innermost(.takeContents, requiring: .removable)
    let contents = buffers[level].bytes
    operate { end(level, .discard) }
    return contents
  }

  /// Ends the innermost buffer, sends its contents as ``endFlush()`` does, and returns them.
  ///
  /// Mirrors `ob_get_flush()`, except that a refusal returns nothing. The contents are what was
  /// written, not what the handler makes of it.
  ///
  /// - Returns: The bytes the buffer held.
  /// - Throws: ``OutputBufferError`` with `noBuffer`, `notRemovable` or `handlerIsRunning`.
  public func endFlushReturningContents() throws(OutputBufferError) -> ContiguousArray<UInt8> {
    let level = try innermost(.endFlushReturningContents, requiring: .removable)
    let contents = buffers[level].bytes
    operate { end(level, .send) }
    return contents
  }

  /// Flushes the sink; buffers are not touched.
  ///
  /// Mirrors `flush()`.
  public func flushSink() {
    guard mayOperate() else { return }
    operate { sink.flush() }
  }
}
