import GzipContentCoding
import RoundTripSupport

/// Runs zlib's encoders through random writes, flushes and ends.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafeRawPointer, _ count: Int) -> CInt {
  unsafe driveRoundTrip(start, count, by: .zlib)
  return 0
}
