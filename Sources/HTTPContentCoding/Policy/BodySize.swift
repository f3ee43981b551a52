/// What is known about the size of a body when its coding is decided, in bytes before coding.
///
/// There will be no other cases: the end of the body is known, or it isn't.
public enum BodySize: Sendable, Hashable {
  /// The whole body is known, and this is its size in bytes.
  case exactly(Int)

  /// This many bytes are there and more may follow, as at a flush.
  case atLeast(Int)
}
