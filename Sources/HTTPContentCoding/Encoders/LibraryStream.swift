/// A compression library's state, which codes one member at a time and can't be suspended.
///
/// ``LibraryEncoder`` ensures the laws of ``ContentEncoder`` and the order of calls. A coding over
/// another library of this kind is only a type with that library's calls: its offer is
/// ``ContentCodingOffer/shared(_:_:idleEncoderLimit:)``.
package protocol LibraryStream: SendableMetatype, ~Copyable {
  /// Everything that a new state depends on.
  associatedtype Configuration: Hashable & Sendable

  /// The coding that the library applies.
  static var coding: ContentCoding { get }

  /// Whether ``appendPadding(_:to:)`` pads a member.
  static var canPad: Bool { get }

  /// Creates the initial state.
  ///
  /// - Parameter configuration: The parameters.
  /// - Throws: ``ContentEncoderError`` if there is no memory for it.
  init(_ configuration: Configuration) throws(ContentEncoderError)

  /// The memory that the state holds, in bytes.
  var memoryByteCount: Int { get }

  /// Begins a member.
  ///
  /// - Parameter body: What is known about the body. Its length is a promise, as in
  ///   ``ContentEncoder/begin(_:)``.
  /// - Throws: ``ContentEncoderError``; the state must then be reset.
  mutating func begin(_ body: BodyDescription) throws(ContentEncoderError)

  /// Codes a whole body with fewer copies than ``encode(_:flush:into:)``, after ``begin(_:)``.
  ///
  /// - Parameters:
  ///   - input: The body.
  ///   - output: The array to append the member to.
  /// - Returns: Whether the body has been coded; false if the library has no such way for it.
  /// - Throws: ``ContentEncoderError``; the state must then be reset.
  mutating func encodeWhole(
    _ input: Span<UInt8>, into output: inout ContiguousArray<UInt8>
  ) throws(ContentEncoderError) -> Bool

  /// Calls the library once.
  ///
  /// The encoder repeats the call with the rest of the input until it is done.
  ///
  /// - Parameters:
  ///   - input: The bytes to encode, or the rest of them.
  ///   - flush: How much of the output must be appended.
  ///   - output: Free storage, at least 64 bytes.
  /// - Returns: The number of bytes consumed, and whether all of the input has been consumed and
  ///   all of the required output has been appended.
  /// - Throws: ``ContentEncoderError``; the state must then be reset.
  mutating func encode(
    _ input: Span<UInt8>, flush: EncoderFlush, into output: inout OutputSpan<UInt8>
  ) throws(ContentEncoderError) -> (consumedByteCount: Int, isDone: Bool)

  /// Appends padding to a complete member: see ``BodyDescription/paddingByteCount``.
  static func appendPadding(_ byteCount: Int, to output: inout ContiguousArray<UInt8>)

  /// Returns the state to the initial one, at any point of a member.
  ///
  /// - Throws: ``ContentEncoderError`` if that is impossible.
  mutating func reset() throws(ContentEncoderError)
}

extension LibraryStream where Self: ~Copyable {
  /// Returns false: the library has no such way.
  package mutating func encodeWhole(
    _ input: Span<UInt8>, into output: inout ContiguousArray<UInt8>
  ) throws(ContentEncoderError) -> Bool { false }

  /// Returns false: the format has no room for padding.
  package static var canPad: Bool { false }

  /// Does nothing: the format has no room for padding.
  package static func appendPadding(_ byteCount: Int, to output: inout ContiguousArray<UInt8>) {}
}
