import OutputBufferingTesting

/// For each zlib level, the cheapest level of each engine that keeps its size.
struct Calibration {
  /// The results of an engine for the bodies at one of its levels.
  struct Row {
    var loop: EngineLoop
    var sizes: [Int]
    var times: [Double]
  }

  private let bodies: [ContiguousArray<UInt8>]
  /// The number of leading bodies that must also keep their size on their own.
  private let sampleCount: Int

  init(samples: [ContiguousArray<UInt8>], others: [ContiguousArray<UInt8>]) {
    bodies = samples + others
    sampleCount = samples.count
  }

  func run(rounds: Int, isStream: Bool) -> [Row] {
    var rows: [Row] = []
    for kind in EngineLoop.Kind.gzipEngines where !(isStream && kind == .libdeflate) {
      for level in kind.levels {
        guard let loop = EngineLoop(kind, level: level) else { continue }
        var row = Row(loop: loop, sizes: [], times: [])
        for body in bodies {
          func code() -> Int {
            isStream ? loop.code(body, piece: 4096, flushes: false) ?? 0 : loop.code(body)
          }
          row.sizes.append(code())
          row.times.append(leastTime(rounds: rounds) { _ = code() })
        }
        rows.append(row)
      }
    }
    return rows
  }

  /// Prints the choice for each level, with the median and maximum size relative to zlib's and the
  /// time.
  func printTable(_ rows: [Row]) {
    for level in 1...9 {
      guard
        let zlib = rows.first(where: { $0.loop.kind == .zlib && $0.loop.level == level })
      else { continue }
      var choices: [String] = []
      for kind in EngineLoop.Kind.gzipEngines where kind != .zlib {
        let kept = rows.filter { $0.loop.kind == kind }.filter { row in
          [sampleCount, bodies.count].allSatisfy {
            let ratios = ratios(row, zlib, of: $0)
            return ratios.median <= 1 && ratios.highest <= 1.05
          }
        }
        // If two cost the same within 5 %, choose the one with the smaller output.
        let least = kept.map { time($0, zlib) }.min() ?? 0
        let best = kept.filter { time($0, zlib) <= least * 1.05 }
          .min { ratios($0, zlib).median < ratios($1, zlib).median }
        guard let best else {
          choices.append("no \(kind)")
          continue
        }
        let size = ratios(best, zlib)
        choices.append(
          "\(best.loop.name): size \(size.median.rounded(3)) median, \(size.highest.rounded(3)) "
            + "at most, time \(time(best, zlib).rounded(2))")
      }
      print("  level \(level): \(choices.joined(separator: "; "))")
    }
  }

  private func ratios(
    _ row: Row, _ zlib: Row, of count: Int? = nil
  ) -> (median: Double, highest: Double) {
    let sizes = zip(row.sizes, zlib.sizes).prefix(count ?? bodies.count)
    let ratios = sizes.map { Double($0) / Double($1) }.sorted()
    return (ratios[ratios.count / 2], ratios[ratios.count - 1])
  }

  /// The time of all bodies relative to zlib's, with each body weighted equally.
  private func time(_ row: Row, _ zlib: Row) -> Double {
    zip(row.times, zlib.times).map { $0 / $1 }.reduce(0, +) / Double(row.times.count)
  }
}

extension Double {
  func rounded(_ digits: Int) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let value = (self * scale).rounded() / scale
    return "\(value)"
  }
}
