/// A file, or a part of one, whose bytes an adapter may be able to send without reading them.
///
/// An adapter whose transport sends files (`sendfile`, a file region) conforms its type of a file to this, lets
/// handlers write one by ``BufferedResponse/writeFile(_:)``, says so when it starts them
/// (``ResponseBuffering/start(for:head:name:logger:takesFiles:isolation:handler:)``), and casts
/// ``ResponseOutput/file`` back to that type. A file of another type it has to ``read(from:upTo:)``.
public protocol ResponseFile: Sendable {
  /// Its length in bytes.
  var byteCount: Int { get }

  /// Ensures that all of it is there. Called before its length is committed.
  ///
  /// - Throws: ``ResponseError/Code/declaredLengthNotReached``, or the error of the check itself.
  func check() throws

  /// Reads some of it: where the response is coded or an output buffer is open, and for adapters that don't
  /// take files.
  ///
  /// - Parameters:
  ///   - offset: The offset of the first byte to read, less than ``byteCount``.
  ///   - limit: The maximum number of bytes to read, more than 0.
  /// - Returns: The bytes; none if the file ends before ``byteCount``.
  /// - Throws: The system's error for a file that can't be read.
  func read(from offset: Int, upTo limit: Int) async throws -> ContiguousArray<UInt8>
}

extension ResponseFile {
  /// Reads all of it, a piece at a time.
  ///
  /// - Parameter write: Takes a piece.
  /// - Throws: What `write` throws; what reading throws; ``ResponseError/Code/declaredLengthNotReached`` where the
  ///   file ends early.
  package func read(
    _ write: (ContiguousArray<UInt8>) async throws -> Void
  ) async throws {
    var offset = 0
    while offset < byteCount {
      let limit = min(byteCount - offset, ResponseMachine.writeSliceByteCount)
      let bytes = try await read(from: offset, upTo: limit)
      guard !bytes.isEmpty else {
        throw ResponseError(
          code: .declaredLengthNotReached,
          message: "a file ends after \(offset) of \(byteCount) bytes")
      }
      try await write(bytes)
      offset += bytes.count
    }
  }
}
