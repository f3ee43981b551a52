// What can be asked at any time, also by a handler or the sink while it runs.
extension OutputStack where Sink: ~Copyable {
  /// The number of open buffers.
  ///
  /// Mirrors `ob_get_level()`.
  public var level: Int { buffers.levels.count }

  /// The number of bytes in the innermost buffer, or nil if none is open.
  ///
  /// Mirrors `ob_get_length()`.
  public var length: Int? { buffers.levels.last?.bytes.count }

  /// The bytes in the innermost buffer, or nil if none is open.
  ///
  /// Mirrors `ob_get_contents()`: the bytes written since the handler's last invocation, as
  /// written. The array shares its storage with the buffer until either changes; use
  /// ``withContents(_:)`` to read the bytes without any copy.
  public var contents: ContiguousArray<UInt8>? { buffers.levels.last?.bytes }

  /// Calls the body with the bytes in the innermost buffer, without copying them.
  ///
  /// - Parameter body: Receives the bytes. The span stays valid and unchanged whatever the body
  ///   does to the stack.
  /// - Returns: The result of the body, or nil, without calling it, if no buffer is open.
  /// - Throws: Any error from the body.
  public func withContents<R: ~Copyable, E>(
    _ body: (Span<UInt8>) throws(E) -> R
  ) throws(E) -> R? {
    guard let bytes = contents else { return nil }
    return try body(bytes.span)
  }

  /// The status of the innermost buffer, or nil if none is open.
  ///
  /// Mirrors `ob_get_status()`.
  public var status: OutputBufferStatus? { buffers.levels.last?.currentStatus }

  /// The status of each buffer, outermost first.
  ///
  /// Mirrors `ob_get_status(true)`.
  /// - Complexity: O(n) in the number of buffers.
  public var statuses: [OutputBufferStatus] { buffers.levels.map(\.currentStatus) }

  /// The name of each buffer's handler, outermost first.
  ///
  /// Mirrors `ob_list_handlers()`; see ``OutputBufferStatus/handlerName``.
  /// - Complexity: O(n) in the number of buffers.
  public var handlerNames: [String] { buffers.levels.map(\.status.handlerName) }

  /// The number of bytes held in all buffers together.
  ///
  /// Bytes that handlers hold back aren't included.
  /// - Complexity: O(n) in the number of buffers.
  public var storedByteCount: Int { buffers.levels.reduce(0) { $0 + $1.bytes.count } }
}
