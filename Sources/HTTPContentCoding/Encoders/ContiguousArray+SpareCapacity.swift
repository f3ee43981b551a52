extension ContiguousArray<UInt8> {
  /// Lets a library append to the spare capacity, which is first increased if it is too small.
  ///
  /// - Parameter body: Appends to free storage of at least 64 bytes, which is more than the six
  ///   bytes that a sync flush of DEFLATE writes at once.
  /// - Throws: Any error from `body`.
  package mutating func fillSpareCapacity<Failure>(
    _ body: (inout OutputSpan<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    let spareByteCount = capacity - count
    // Requesting more than the current capacity makes the array grow geometrically; 512 bytes is
    // the first allocation.
    try append(addingCapacity: spareByteCount >= 64 ? spareByteCount : 512, initializingWith: body)
  }
}
