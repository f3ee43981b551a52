import OutputBufferingTestSupport

/// A step of a random sequence.
indirect enum ModelAction {
  case start(BufferSetup)
  case write([UInt8])
  case flush, clean, endFlush, endClean, takeContents, endFlushReturningContents
  case flushAll, endAll, discardAll, flushSink
  case implicitFlush(Bool)
  case scoped(BufferSetup, [ModelAction], isThrowing: Bool)
}

extension SeededGenerator {
  mutating func isTrue(percent: Int) -> Bool {
    Int.random(in: 0..<100, using: &self) < percent
  }

  mutating func actions(depth: Int = 0) -> [ModelAction] {
    let count = Int.random(in: 1...(depth == 0 ? 40 : 8), using: &self)
    return (0..<count).map { _ in action(depth: depth) }
  }

  private mutating func action(depth: Int) -> ModelAction {
    switch Int.random(in: 0..<100, using: &self) {
    case 0..<20: .start(setup())
    case 20..<60: .write(bytes())
    case 60..<67: .flush
    case 67..<71: .clean
    case 71..<77: .endFlush
    case 77..<80: .endClean
    case 80..<83: .takeContents
    case 83..<86: .endFlushReturningContents
    case 86..<90: .flushAll
    case 90: .endAll
    case 91: .discardAll
    case 92: .flushSink
    case 93: .implicitFlush(isTrue(percent: 50))
    default:
      depth == 3
        ? .flush
        : .scoped(setup(), actions(depth: depth + 1), isThrowing: isTrue(percent: 30))
    }
  }

  private mutating func setup() -> BufferSetup {
    let all: [Character] = ["C", "F", "R"]
    let behavior = ModelHandler.Behavior.allCases.randomElement(using: &self)
    let chunkSize = [-1, 1, 2, 7, 64, 4096].randomElement(using: &self)
    let some = Set(all.filter { _ in isTrue(percent: 60) })
    return BufferSetup(
      behavior: isTrue(percent: 60) ? behavior : nil,
      chunkSize: isTrue(percent: 40) ? chunkSize ?? 0 : 0,
      capabilities: isTrue(percent: 70) ? Set(all) : some,
      discardsOnFailure: isTrue(percent: 30)
    )
  }

  private mutating func bytes() -> [UInt8] {
    let bounds: ClosedRange<Int> =
      switch Int.random(in: 0..<1000, using: &self) {
      case 0..<100: 0...0
      case 100..<960: 1...40
      case 960..<998: 100...3000
      default: 60_000...70_000
      }
    let first = UInt8.random(in: 0...255, using: &self)
    let count = Int.random(in: bounds, using: &self)
    return (0..<count).map { first &+ UInt8(truncatingIfNeeded: $0 &* 31) }
  }
}
