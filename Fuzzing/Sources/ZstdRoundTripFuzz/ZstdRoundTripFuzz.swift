import CodingFuzzing
import FuzzingSupport
import HTTPContentCoding
import ZstdContentCoding

/// Runs the encoders of one pool through frames of random writes, flushes and ends.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafeRawPointer, _ count: Int) -> CInt {
  var input = unsafe FuzzInput(start, count)
  let level = ZstdCompressionLevel(clamping: input.number(below: 27) - 7)
  let pool = ContentEncoderPool.zstd(
    level: level, checksum: input.bool(), idleEncoderLimit: input.number(below: 3))
  driveRoundTrip(&input, pool, .zstd)
  return 0
}
