/// How much of what an encoder was given has to come out.
///
/// There will be no other cases: every encoder has to handle each.
public enum EncoderFlush: Hashable, Sendable {
  /// Whatever the encoder likes: it may keep everything back for a better ratio.
  case none

  /// Enough for the decoder to have every byte given so far, without any later byte.
  ///
  /// It costs a few bytes and some of the ratio, so it is for a point where the reader waits.
  case sync

  /// Everything, and the end: the output is complete and the decoder knows it.
  case finish
}
