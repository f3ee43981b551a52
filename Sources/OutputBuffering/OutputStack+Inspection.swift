extension OutputStack where Sink: ~Copyable {
  /// The number of open buffers.
  ///
  /// Mirrors `ob_get_level()`.
  public var level: Int { buffers.count }

  /// The number of bytes in the innermost buffer, or nil where none is open.
  ///
  /// Mirrors `ob_get_length()`.
  public var length: Int? { buffers.last?.bytes.count }

  /// The bytes in the innermost buffer, or nil where none is open.
  ///
  /// Mirrors `ob_get_contents()`: what was written since the handler was invoked last, not what it
  /// makes of it. The array shares its storage with the buffer until either changes; to look
  /// without ever copying use ``withContents(_:)``.
  public var contents: ContiguousArray<UInt8>? { buffers.last?.bytes }

  /// Calls the body with the bytes in the innermost buffer, uncopied.
  ///
  /// - Parameter body: What looks at the bytes. The span stays as it is whatever the body does to
  ///   the stack.
  /// - Returns: What the body returns, or nil, without calling it, where no buffer is open.
  /// - Throws: What the body throws.
  public func withContents<R: ~Copyable, E>(
    _ body: (Span<UInt8>) throws(E) -> R
  ) throws(E) -> R? {
    guard let bytes = buffers.last?.bytes else { return nil }
    return try body(bytes.span)
  }

  /// What is known about the innermost buffer, or nil where none is open.
  ///
  /// Mirrors `ob_get_status()`.
  public var status: OutputBufferStatus? {
    buffers.last?.status(level: buffers.count - 1)
  }

  /// What is known about each buffer, the outermost first.
  ///
  /// Mirrors `ob_get_status(true)`.
  /// - Complexity: O(n) in the number of buffers.
  public var statuses: [OutputBufferStatus] {
    buffers.indices.map { buffers[$0].status(level: $0) }
  }

  /// The name of each buffer's handler, the outermost first.
  ///
  /// Mirrors `ob_list_handlers()`; see ``OutputBufferStatus/handlerName``.
  /// - Complexity: O(n) in the number of buffers.
  public var handlerNames: [String] {
    buffers.map(\.handlerName)
  }

  /// The number of bytes held in all buffers together.
  ///
  /// What handlers hold back is not included.
  /// - Complexity: O(n) in the number of buffers.
  public var storedByteCount: Int {
    buffers.reduce(0) { $0 + $1.bytes.count }
  }
}
