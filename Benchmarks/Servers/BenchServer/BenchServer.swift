import Foundation
import GzipContentCoding

/// One server of the comparison: the same pages through one implementation.
///
/// It listens on 127.0.0.1 until it is terminated.
@main
struct BenchServer {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 5, let kind = ServerKind(rawValue: arguments[1]),
      let port = Int(arguments[2]), let number = Int(arguments[3]),
      let level = CompressionLevel(exactly: number)
    else {
      let kinds = ServerKind.allCases.map(\.rawValue).joined(separator: "|")
      let usage = "usage: bench-server \(kinds) PORT LEVEL PAGES-FOLDER\n"
      FileHandle.standardError.write(Data(usage.utf8))
      exit(2)
    }
    let pages = try Pages(folder: URL(filePath: arguments[4], directoryHint: .isDirectory))
    switch kind.framework {
    case .nio: try await NIOServer(kind: kind, level: level, pages: pages).run(port: port)
    case .hummingbird:
      try await HummingbirdServer(kind: kind, level: level, pages: pages).run(port: port)
    }
  }
}
