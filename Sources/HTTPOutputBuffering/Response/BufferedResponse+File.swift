import OutputBuffering

extension BufferedResponse {
  /// Writes a file, unread if the adapter can send it that way and its bytes stay unchanged, and
  /// otherwise in pieces.
  ///
  /// When it returns, the transport has taken a file that was sent unread.
  ///
  /// - Parameter file: The file.
  /// - Throws: The errors of ``write(_:)-(Span<UInt8>)`` and of reading the file, and
  ///   ``ResponseError/Code/declaredLengthNotReached`` for a file that ends early.
  public func writeFile(_ file: some ResponseFile) async throws {
    try checkClient()
    try checkReader()
    try await transmitIfDue()
    if output.level == 0 {
      try output.sink.machine.checkDeclaredLength(adding: file.byteCount)
      if exchange.takesFiles { try file.check() }
      if output.sink.machine.isCommitted(byPassing: file.byteCount) { try runBeforeCommit() }
      if exchange.takesFiles, try output.sink.machine.pass(file) {
        return try await transmitIfDue()
      }
    }
    try await file.read { try await write($0.span) }
  }
}
