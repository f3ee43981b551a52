extension OutputStack where Sink: ~Copyable {
  /// Writes bytes into the innermost buffer, or into the sink where none is open.
  ///
  /// Mirrors `echo`. Buffers whose handler has failed are passed by, or discard what reaches them.
  /// Writing nothing does nothing.
  ///
  /// - Parameter bytes: The bytes, which are copied only into a buffer.
  /// - Complexity: Amortized O(n) in the number of bytes, plus the handlers of full chunks.
  public func write(_ bytes: Span<UInt8>) {
    guard !bytes.isEmpty else { return }
    guard mayOperate() else {
      discardedByteCount += bytes.count
      return
    }
    guard case .buffer(let level) = buffers.destination(below: buffers.count) else {
      operate { deliver(bytes, below: buffers.count) }
      return
    }
    if buffers[level].append(bytes) {
      operate { passOn(from: level, phase: .write) }
    }
  }

  /// Writes a string as UTF-8 into the innermost buffer, or into the sink where none is open.
  ///
  /// Mirrors `echo`. It makes `print(…, to:)` work with a stack.
  ///
  /// - Parameter string: The string, which is not copied on its way.
  /// - Complexity: Amortized O(n) in the number of bytes, plus the handlers of full chunks.
  public func write(_ string: String) {
    write(string.utf8)
  }

  /// Writes bytes as one write into the innermost buffer, or into the sink where none is open.
  ///
  /// Mirrors `echo`.
  ///
  /// - Parameter bytes: The bytes; a sequence without contiguous storage is collected first, so
  ///   that it counts as one write.
  /// - Complexity: Amortized O(n) in the number of bytes, plus the handlers of full chunks.
  @inlinable
  public func write(_ bytes: some Sequence<UInt8>) {
    let written: Void? = bytes.withContiguousStorageIfAvailable {
      write(unsafe Span(_unsafeElements: $0))
    }
    if written == nil {
      write(ContiguousArray(bytes).span)
    }
  }
}

extension OutputStack: TextOutputStream where Sink: ~Copyable {}
