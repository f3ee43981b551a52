import BrotliContentCoding
import CodingFuzzing
import FuzzingSupport
import HTTPContentCoding

/// Runs the encoders of one pool through streams of random writes, flushes and ends.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafeRawPointer, _ count: Int) -> CInt {
  var input = unsafe FuzzInput(start, count)
  let quality = BrotliQuality(clamping: input.number(below: 12))
  let pool = ContentEncoderPool.brotli(
    quality: quality, windowBits: 10 + input.number(below: 15),
    idleEncoderLimit: input.number(below: 3))
  driveRoundTrip(&input, pool, .brotli)
  return 0
}
