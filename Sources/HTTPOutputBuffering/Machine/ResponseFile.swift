/// A file, or a part of one, whose bytes an adapter may be able to send without reading them.
///
/// An adapter whose transport sends files (`sendfile`, a file region) conforms its own file type to
/// this protocol and lets handlers write such files with ``BufferedResponse/writeFile(_:)``. It
/// passes `takesFiles` when it starts handlers
/// (``ResponseBuffering/start(for:head:name:logger:takesFiles:isolation:handler:)``), and casts
/// ``ResponseOutput/file`` back to that type. It reads files of other types with
/// ``read(from:upTo:)``.
public protocol ResponseFile: Sendable {
  /// Its length in bytes.
  var byteCount: Int { get }

  /// Ensures that the file is complete; called before its length is committed.
  ///
  /// - Throws: ``ResponseError/Code/declaredLengthNotReached``, or the error of the check itself.
  func check() throws

  /// Reads a part of the file, if the response is coded, if an output buffer is open, or for
  /// adapters that don't take files.
  ///
  /// - Parameters:
  ///   - offset: The offset of the first byte to read, less than ``byteCount``.
  ///   - limit: The maximum number of bytes to read, more than 0.
  /// - Returns: The bytes; none if the file ends before ``byteCount``.
  /// - Throws: The system's error for a file that can't be read.
  func read(from offset: Int, upTo limit: Int) async throws -> ContiguousArray<UInt8>
}

extension ResponseFile {
  /// Reads the whole file in pieces.
  ///
  /// - Parameter write: A closure that receives each piece.
  /// - Throws: The errors of `write` and of reading, and
  ///   ``ResponseError/Code/declaredLengthNotReached`` for a file that ends early.
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
