/// A file, or a part of one, whose bytes an adapter may be able to send without reading them.
package protocol ResponseFile: Sendable {
  /// Its length in bytes.
  var byteCount: Int { get }

  /// Sees that all of it is there.
  ///
  /// - Throws: ``ResponseError/Code/declaredLengthNotReached``, or what finding that out throws.
  func check() throws

  /// Reads some of it.
  ///
  /// - Parameters:
  ///   - offset: Where to begin, less than ``byteCount``.
  ///   - limit: How many bytes to read at most, more than 0.
  /// - Returns: The bytes; none where the file has ended before ``byteCount``.
  /// - Throws: What the system says of a file that can't be read.
  func read(from offset: Int, upTo limit: Int) async throws -> ContiguousArray<UInt8>
}
