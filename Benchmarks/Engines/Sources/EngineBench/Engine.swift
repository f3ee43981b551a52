import CEngineLoops

/// A library's plain C loop, at one of its own levels.
final class EngineLoop {
  enum Kind: String {
    case zlib, libdeflate, isal, zstd, brotli

    /// The engines of gzip.
    static let gzipEngines = [zlib, libdeflate, isal]

    /// The levels that are measured.
    var levels: [Int] {
      switch self {
      case .zlib: Array(1...9)
      case .libdeflate: Array(1...12)
      case .isal: Array(1...3)
      case .zstd: Array(1...9) + [12, 15, 19]
      case .brotli: Array(0...11)
      }
    }

    fileprivate var code: engine_loop_kind {
      switch self {
      case .zlib: ENGINE_LOOP_ZLIB
      case .libdeflate: ENGINE_LOOP_LIBDEFLATE
      case .isal: ENGINE_LOOP_ISAL
      case .zstd: ENGINE_LOOP_ZSTD
      case .brotli: ENGINE_LOOP_BROTLI
      }
    }
  }

  let kind: Kind
  let level: Int
  var name: String { "\(kind) \(level)" }
  private let loop: OpaquePointer
  private var output = [UInt8](repeating: 0, count: 8 << 20)

  init?(_ kind: Kind, level: Int) {
    guard let loop = engine_loop_make(kind.code, Int32(level)) else { return nil }
    self.kind = kind
    self.level = level
    self.loop = loop
  }

  deinit { engine_loop_free(loop) }

  /// Codes a body and returns the length of the member.
  func code(_ body: ContiguousArray<UInt8>) -> Int {
    body.withUnsafeBufferPointer {
      engine_loop_code(loop, $0.baseAddress, $0.count, &output, output.count)
    }
  }

  /// Codes a body in pieces; nil if the engine can't.
  func code(_ body: ContiguousArray<UInt8>, piece: Int, flushes: Bool) -> Int? {
    let count = body.withUnsafeBufferPointer {
      engine_loop_code_pieces(
        loop, $0.baseAddress, $0.count, piece, flushes ? 1 : 0, &output, output.count)
    }
    return count > 0 ? count : nil
  }
}

/// Returns the CPU time of a call in µs: the minimum over some rounds, each long enough to be
/// measured.
func leastTime(rounds: Int, _ action: () -> Void) -> Double {
  action()
  var repetitions = 1
  var least = Double.infinity
  var round = 0
  while round < rounds {
    let start = engine_loop_cpu_nanoseconds()
    for _ in 0..<repetitions { action() }
    let time = Double(engine_loop_cpu_nanoseconds() - start) / 1000
    if time < 5000, repetitions < 1 << 16 {
      repetitions *= 2
      continue
    }
    least = min(least, time / Double(repetitions))
    round += 1
  }
  return least
}
