import FuzzingSupport
import HTTPContentCoding
import HTTPOutputBuffering

/// Drives a response with random events and checks the invariants of design.md.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafeRawPointer, _ count: Int) -> CInt {
  var input = unsafe FuzzInput(start, count)
  let setup = MachineSetup(&input)
  var run = MachineRun(setup)
  while !input.isAtEnd { run.perform(&input) }
  run.end()
  // Returns everything that the machine holds.
  _ = consume run
  for offer in setup.settings.codings {
    require(offer.pool.liveCount == 0, "an encoder was leaked")
  }
  return 0
}
