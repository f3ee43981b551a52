import COutputBufferingZlib
import HTTPContentCoding

extension ContentEncoderError {
  /// Creates the error that a return code of zlib stands for.
  ///
  /// - Parameters:
  ///   - code: What zlib returned. The initializer fails for the codes that are not errors:
  ///     `Z_OK`, `Z_STREAM_END`, and `Z_BUF_ERROR`, which says that there was nothing to do.
  ///   - function: The function that returned it, for the message.
  init?(zlib code: Int32, from function: String) {
    let meaning: Code
    switch code {
    case Z_OK, Z_STREAM_END, Z_BUF_ERROR: return nil
    case Z_MEM_ERROR: meaning = .outOfMemory
    case Z_VERSION_ERROR: meaning = .incompatibleLibrary
    default: meaning = .corruptedState
    }
    self.init(code: meaning, message: "zlib's \(function) returned \(code)")
  }
}
