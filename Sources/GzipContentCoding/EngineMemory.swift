import COutputBufferingZlib
import HTTPContentCoding

/// Zeroed memory for an engine's state.
///
/// Swift's own allocation traps if there is no memory; this one throws, so that a response can be
/// sent without coding. It is safe because it is allocated and freed here, and only the engine's
/// noncopyable stream, which owns it, uses the pointer.
@safe
struct EngineMemory: ~Copyable {
  /// The first byte, aligned for every instruction set.
  let start: UnsafeMutableRawPointer

  /// Allocates memory.
  ///
  /// - Parameters:
  ///   - byteCount: The size in bytes.
  ///   - engine: The engine's name, for the message.
  /// - Throws: ``ContentEncoderError/Code-swift.struct/outOfMemory``.
  init(byteCount: Int, for engine: String) throws(ContentEncoderError) {
    var memory: UnsafeMutableRawPointer?
    guard unsafe posix_memalign(&memory, 64, byteCount) == 0, let start = unsafe memory else {
      throw ContentEncoderError(
        code: .outOfMemory, message: "there are no \(byteCount) bytes for \(engine)")
    }
    unsafe start.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    unsafe self.start = start
  }

  deinit { unsafe free(start) }
}
