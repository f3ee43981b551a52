import COutputBufferingZlib
import HTTPContentCoding

extension ContentEncoderError {
  /// Creates the error for a return code of zlib.
  ///
  /// - Parameters:
  ///   - code: The return code. The initializer fails for codes that aren't errors: `Z_OK`,
  ///     `Z_STREAM_END`, and `Z_BUF_ERROR`, which means that there was nothing to do.
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
