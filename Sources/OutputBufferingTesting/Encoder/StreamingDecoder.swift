/// Decodes one member of a content coding as it arrives, to judge an encoder by.
///
/// ## Implementation requirements
///
/// A decoder is strict: a checksum that is wrong, a member that is broken and bytes after its end are
/// errors. And it holds nothing back: each call gives out every byte that the input so far determines.
public protocol StreamingDecoder: AnyObject {
  /// Decodes more of the member.
  ///
  /// - Parameter bytes: What comes next on the wire; may be empty.
  /// - Returns: Every byte that is determined now and was not before.
  /// - Throws: When the member is broken, or there is something after its end.
  func decode(_ bytes: ContiguousArray<UInt8>) throws -> ContiguousArray<UInt8>

  /// Whether the member has ended.
  var isAtEnd: Bool { get }
}
