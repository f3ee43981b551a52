import GzipContentCoding
import RoundTripSupport

/// Encoders of ISA-L, driven through members by random writes, flushes and ends.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafeRawPointer, _ count: Int) -> CInt {
  unsafe driveRoundTrip(start, count, by: .isal)
  return 0
}
