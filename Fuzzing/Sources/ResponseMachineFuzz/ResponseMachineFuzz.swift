import FuzzingSupport
import HTTPContentCoding
import HTTPOutputBuffering

/// A response driven by random events, held against what design.md says must always hold.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafeRawPointer, _ count: Int) -> CInt {
  var input = unsafe FuzzInput(start, count)
  let setup = MachineSetup(&input)
  var run = MachineRun(setup)
  while !input.isAtEnd { run.perform(&input) }
  run.end()
  // Whatever the machine holds goes back with it.
  _ = consume run
  for offer in setup.settings.codings {
    require(offer.pool.liveCount == 0, "an encoder was leaked")
  }
  return 0
}
