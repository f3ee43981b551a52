/// Decodes one member of a content coding as it arrives, to check an encoder.
///
/// ## Implementation requirements
///
/// A decoder is strict: a wrong checksum, a malformed member and bytes after its end are errors. It
/// holds nothing back: each call returns every byte that the input so far determines.
public protocol StreamingDecoder: AnyObject {
  /// Decodes more of the member.
  ///
  /// - Parameter bytes: The next bytes from the wire; may be empty.
  /// - Returns: All bytes that the input so far determines and that weren't returned before.
  /// - Throws: An error if the member is malformed or has bytes after its end.
  func decode(_ bytes: ContiguousArray<UInt8>) throws -> ContiguousArray<UInt8>

  /// Whether the member has ended.
  var isAtEnd: Bool { get }
}
