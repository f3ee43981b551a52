import GzipContentCoding
import RoundTripSupport

/// Runs ISA-L's encoders through random writes, flushes and ends.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafeRawPointer, _ count: Int) -> CInt {
  unsafe driveRoundTrip(start, count, by: .isal)
  return 0
}
