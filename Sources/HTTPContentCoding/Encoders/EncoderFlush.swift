/// How much of the output an encoder must append.
///
/// No cases will be added: every encoder handles each of them.
public enum EncoderFlush: Hashable, Sendable {
  /// Any amount: the encoder may hold everything back for a better ratio.
  case none

  /// Enough for the decoder to have every byte given so far, without any later byte.
  ///
  /// It costs a few bytes and reduces the ratio, so use it where the reader waits for the bytes.
  case sync

  /// Everything, including the end of the member, so that the decoder knows that it is complete.
  case finish
}
