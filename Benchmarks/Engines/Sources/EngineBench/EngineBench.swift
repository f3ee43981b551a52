import BrotliContentCoding
import Foundation
import GzipContentCoding
import HTTPContentCoding
import OutputBufferingTesting
import ZstdContentCoding

/// Measures the gzip engines, zstd and brotli: `engine-bench [--json FILE] [--rounds N] [FILE ...]`.
///
/// It prints each level of a gzip engine relative to zlib's, the cost of coding through
/// `ContentEncoder` relative to the library's plain C loop, and the cost of an event stream. The
/// bodies are the samples; the first table also includes the given files.
@main
struct EngineBench {
  /// The cost of a body with a library at a level.
  struct Figure: Encodable {
    var engine: String
    var level: Int
    var byteCount: Int
    /// Means over the kinds of body.
    var codedByteCount: Double
    var microseconds: Double
    /// Relative to the library's plain C loop, if that makes members of the same length.
    var besideC: Double?
  }

  static func main() throws {
    var arguments = Array(CommandLine.arguments.dropFirst())
    func option(_ name: String) -> String? {
      guard let index = arguments.firstIndex(of: name), index + 1 < arguments.count else {
        return nil
      }
      defer { arguments.removeSubrange(index...index + 1) }
      return arguments[index + 1]
    }
    let json = option("--json")
    let rounds = option("--rounds").flatMap { Int($0) } ?? 5
    let files = try arguments.map {
      ContiguousArray(try Data(contentsOf: URL(filePath: $0)).prefix(1 << 20))
    }
    let calibration = Calibration(samples: SampleBody.all.map(\.bytes), others: files)
    print("The cheapest level of each engine that keeps zlib's size, whole bodies:")
    let loops = calibration.run(rounds: rounds, isStream: false)
    calibration.printTable(loops)
    print("The same of streams, in pieces of 4 KiB:")
    calibration.printTable(calibration.run(rounds: rounds, isStream: true))
    let figures = try measureWhole(subjects(loops.map(\.loop)), rounds: rounds)
    printWhole(figures)
    printTargets(figures)
    try printEvents(rounds: rounds)
    if let json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      try encoder.encode(figures).write(to: URL(filePath: json))
    }
  }

  // MARK: - Whole bodies

  /// An offer to measure, with the plain loops that may make the same members.
  private struct Subject {
    var engine: String
    var level: Int
    var offer: ContentCodingOffer
    var loops: [EngineLoop]
  }

  private static func subjects(_ gzipLoops: [EngineLoop]) -> [Subject] {
    let engines = DeflateEngine.available.map { ($0.description, Optional($0)) } + [("chosen", nil)]
    var subjects: [Subject] = []
    for (name, engine) in engines {
      subjects += (1...9).map { level in
        Subject(
          engine: name, level: level,
          offer: .gzip(level: CompressionLevel(clamping: level), engine: engine),
          loops: gzipLoops.filter { $0.kind.rawValue == name })
      }
    }
    for kind in [EngineLoop.Kind.zstd, .brotli] {
      subjects += kind.levels.map { level in
        Subject(
          engine: kind.rawValue, level: level,
          offer: kind == .zstd
            ? .zstd(level: ZstdCompressionLevel(clamping: level))
            : .brotli(quality: BrotliQuality(clamping: level)),
          loops: EngineLoop(kind, level: level).map { [$0] } ?? [])
      }
    }
    return subjects
  }

  private static func measureWhole(
    _ subjects: [Subject], rounds: Int
  ) throws -> [Figure] {
    var figures: [Figure] = []
    let samples = SampleBody.all
    for subject in subjects {
      var output: ContiguousArray<UInt8> = []
      func code(_ body: ContiguousArray<UInt8>) throws -> Int {
        output.removeAll(keepingCapacity: true)
        var lease = try subject.offer.wholePool.lease()
        try lease.begin(BodyDescription(byteCount: body.count, kind: .text))
        try lease.encode(body.span, flush: .finish, into: &output)
        return output.count
      }
      let sizes = try samples.map { try code($0.bytes) }
      let own = subject.loops.first { loop in
        zip(samples, sizes).allSatisfy { loop.code($0.bytes) == $1 }
      }
      var (times, ownTimes) = ([Double](), [Double]())
      for sample in samples {
        times.append(leastTime(rounds: rounds) { _ = try? code(sample.bytes) })
        // Measured right after it, because the machine's speed may change.
        if let own {
          ownTimes.append(leastTime(rounds: rounds) { _ = own.code(sample.bytes) })
        }
      }
      for byteCount in SampleBody.sizes {
        let indices = samples.indices.filter { samples[$0].byteCount == byteCount }
        let count = Double(indices.count)
        figures.append(
          Figure(
            engine: subject.engine, level: subject.level, byteCount: byteCount,
            codedByteCount: Double(indices.map { sizes[$0] }.reduce(0, +)) / count,
            microseconds: indices.map { times[$0] }.reduce(0, +) / count,
            besideC: own.map { _ in
              indices.map { times[$0] }.reduce(0, +) / indices.map { ownTimes[$0] }.reduce(0, +)
            }))
      }
    }
    return figures
  }

  private static func printWhole(_ figures: [Figure]) {
    print("Whole bodies through ContentEncoder; means over the kinds:")
    print("  engine       level   body      coded     CPU µs   beside its loop in C")
    for figure in figures {
      let columns = [
        figure.engine.padding(toLength: 12, withPad: " ", startingAt: 0), "\(figure.level)",
        "\(figure.byteCount)".padding(toLength: 8, withPad: " ", startingAt: 0),
        figure.codedByteCount.rounded(0).padding(toLength: 8, withPad: " ", startingAt: 0),
        figure.microseconds.rounded(1).padding(toLength: 8, withPad: " ", startingAt: 0),
        figure.besideC?.rounded(3) ?? "",
      ]
      print("  " + columns.joined(separator: "  "))
    }
  }

  /// The criteria of issue 9.
  private static func printTargets(_ figures: [Figure]) {
    func figure(_ engine: String, _ level: Int, _ byteCount: Int) -> Figure? {
      figures.first { $0.engine == engine && $0.level == level && $0.byteCount == byteCount }
    }
    print("The engine chosen beside zlib at the same level:")
    for (byteCount, level, limit) in [(10_240, 1, 0.7), (102_400, 1, 0.27), (102_400, 6, 0.55)] {
      guard let chosen = figure("chosen", level, byteCount),
        let zlib = figure("zlib", level, byteCount)
      else { continue }
      print(
        "  \(byteCount / 1024) KB, level \(level): time "
          + "\((chosen.microseconds / zlib.microseconds).rounded(3)) (\(limit) or less), size "
          + (chosen.codedByteCount / zlib.codedByteCount).rounded(3))
    }
    let large = figures.filter { $0.byteCount >= 10_240 && $0.engine != "chosen" }
    let ratios = Dictionary(grouping: large, by: \.engine).mapValues {
      $0.compactMap(\.besideC).max() ?? 0
    }
    print("Through ContentEncoder beside C, at most (1.03):")
    for (engine, ratio) in ratios.sorted(by: { $0.key < $1.key }) {
      print("  \(engine): \(ratio.rounded(3))")
    }
  }

  // MARK: - Events

  private static func printEvents(rounds: Int) throws {
    let events = (0..<2000).map { number in
      let price = number * 7919 % 90_000
      return ContiguousArray(
        "id: \(number)\nevent: price\ndata: {\"symbol\":\"S\(number * 31 % 40)\",\"price\":\(price / 100).\(price % 100),\"volume\":\(number * 104_729 % 9000)}\n\n"
          .utf8)
    }
    print("An event stream of \(events.count) events, \(events.map(\.count).reduce(0, +)) bytes:")
    for engine in DeflateEngine.available where engine.description != "libdeflate" {
      for level in [1, 2, 3, 6] where !(engine.description == "isal" && level > 3) {
        let pool = ContentEncoderPool.gzip(
          level: CompressionLevel(clamping: level), engine: engine)
        func code() throws -> Int {
          var lease = try pool.lease()
          var (output, count) = (ContiguousArray<UInt8>(), 0)
          for event in events {
            output.removeAll(keepingCapacity: true)
            try lease.encode(event.span, flush: .sync, into: &output)
            count += output.count
          }
          try lease.encode(Span(), flush: .finish, into: &output)
          return count + output.count
        }
        let byteCount = try code()
        let time = leastTime(rounds: rounds) { _ = try? code() }
        print("  \(engine) \(level): \(byteCount) bytes, \((time / 1000).rounded(2)) ms")
      }
    }
  }
}
