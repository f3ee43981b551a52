extension OutputStack where Sink: ~Copyable {
  /// What becomes of the contents of a buffer that is ended.
  enum Ending {
    case send
    case discard
  }

  /// Flushes every buffer, from the innermost outwards, each into the next and the last into the
  /// sink.
  ///
  /// Mirrors `php_output_flush_all`, which PHP offers to no script: what a handler passes on is
  /// added to the next buffer without counting for its chunk size, so that every handler is invoked
  /// once, with ``OutputPhase/flush``. The sink gets at most one write and is not flushed. Without
  /// a buffer there is nothing to do, which is no error; disabled buffers are passed by, or discard
  /// what reaches them.
  ///
  /// - Throws: ``OutputBufferError`` with `notFlushable`, naming the innermost buffer that refuses,
  ///   with nothing flushed at all, or `handlerIsRunning`.
  /// - Complexity: O(n) in the number of bytes held, besides the handlers.
  public func flushAll() throws(OutputBufferError) {
    try refuseWhileOperating(.flushAll)
    for level in buffers.indices.reversed() where !buffers[level].isDisabled {
      try buffers[level].require(.flushable, for: .flushAll, level: level)
    }
    operate {
      var payload = storages.take()
      for level in buffers.indices.reversed() {
        if buffers[level].isDisabled {
          guard buffers[level].failurePolicy == .discard else { continue }
          discardedByteCount += payload.count
          payload.removeAll(keepingCapacity: true)
        } else {
          buffers[level].absorb(&payload)
          storages.give(consume payload)
          payload = process(level, .flush)
        }
      }
      deliver(consume payload, below: 0)
    }
  }

  /// Ends every buffer by force, from the innermost outwards, and sends what they hold.
  ///
  /// Mirrors `php_output_end_all`, the end of a PHP request:
  /// ``OutputBufferCapabilities/removable`` is ignored.
  public func endAll() {
    endBuffers(since: 0, .send)
  }

  /// Ends every buffer by force, from the innermost outwards, and throws away what they hold.
  ///
  /// Mirrors `php_output_discard_all`: ``OutputBufferCapabilities/removable`` is ignored. Handlers
  /// are invoked as in ``endClean()``.
  public func discardAll() {
    endBuffers(since: 0, .discard)
  }

  /// Ends by force every buffer that was started with this identifier or after it.
  func endBuffers(since identifier: UInt64, _ ending: Ending) {
    guard mayOperate() else { return }
    operate {
      while let level = buffers.indices.last,
        buffers[level].identifier >= identifier
      {
        end(level, ending)
      }
    }
  }

  /// Ends the innermost buffer.
  ///
  /// Mirrors `php_output_stack_pop`.
  func end(_ level: Int, _ ending: Ending) {
    let payload = process(level, ending == .send ? .final : [.clean, .final])
    storages.give(buffers.removeLast().bytes)
    switch ending {
    case .send: deliver(consume payload, below: level)
    case .discard: storages.give(consume payload)
    }
  }
}
