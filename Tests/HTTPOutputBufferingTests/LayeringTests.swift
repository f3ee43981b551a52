import Foundation
import Testing

/// Who may import whom: the table of the design, read from the sources.
@Suite struct LayeringTests {
  /// Each module with what its files import; nil for the executables, which may import anything.
  private static let allowed: [String: Set<String>?] = [
    "OutputBuffering": [],
    "HTTPContentCoding": ["HTTPTypes", "Synchronization"],
    "GzipContentCoding": [
      "HTTPContentCoding", "COutputBufferingZlib", "COutputBufferingLibdeflate",
      "COutputBufferingISAL", "Synchronization",
    ],
    "HTTPOutputBuffering": [
      "OutputBuffering", "HTTPContentCoding", "HTTPTypes", "Logging", "Metrics",
      "ServiceLifecycle", "Synchronization",
    ],
    "COutputBufferingZlib": [], "COutputBufferingLibdeflate": [], "COutputBufferingISAL": [],
    // The adapters decide nothing about codings, and need no Foundation; `fstat` is C's. What an application
    // needs of this package they export.
    "OutputBufferingNIO": [
      "HTTPOutputBuffering", "HTTPContentCoding", "GzipContentCoding", "OutputBuffering",
      "HTTPTypes", "Logging", "Synchronization",
      "NIOCore", "NIOHTTP1", "NIOHTTP2", "NIOHTTPTypes", "NIOHTTPTypesHTTP1", "NIOPosix",
      "Glibc", "Musl", "Darwin",
    ],
    "OutputBufferingHummingbird": [
      "HTTPOutputBuffering", "HTTPContentCoding", "GzipContentCoding", "OutputBuffering",
      "OutputBufferingNIO", "HTTPTypes", "Logging", "Synchronization",
      "Hummingbird", "HummingbirdCore", "HummingbirdHTTP2", "NIOCore", "NIOSSL",
    ],
    "OutputBufferingFlyingFox": [
      "HTTPOutputBuffering", "HTTPContentCoding", "GzipContentCoding", "OutputBuffering",
      "HTTPTypes", "Logging", "Synchronization",
      "FlyingFox", "FlyingSocks", "Glibc", "Musl", "Darwin",
    ],
    "HTTPOutputBufferingTesting": [
      "HTTPOutputBuffering", "HTTPContentCoding", "OutputBufferingTesting", "HTTPTypes", "Logging",
      "Synchronization",
    ],
    "OutputBufferingTesting": [
      "HTTPContentCoding", "COutputBufferingZlib", "Synchronization", "Foundation", "Glibc", "Musl",
      "Darwin",
    ],
    "ConformanceReport": nil,
    "ScriptHandlers": ["OutputBuffering"],
    "OutputReplay": nil,
    "ScriptedServer": nil,
  ]

  private static let sources = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Sources")

  private static func files() throws -> [(module: String, file: URL)] {
    let manager = FileManager.default
    let enumerator = try #require(
      manager.enumerator(at: sources, includingPropertiesForKeys: nil))
    return enumerator.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }.map { file in
      let depth = sources.pathComponents.count
      return (file.pathComponents[depth], file)
    }
  }

  private static func lines(of file: URL) throws -> [Substring] {
    try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
  }

  private static func imports(of file: URL) throws -> [String] {
    try lines(of: file).compactMap { line in
      let words = line.split(whereSeparator: \.isWhitespace).filter { !$0.hasPrefix("@") }
      guard let index = words.firstIndex(of: "import"), index + 1 < words.count else { return nil }
      let access = ["public", "package", "internal", "fileprivate", "private"]
      guard words[..<index].allSatisfy({ access.contains(String($0)) }) else { return nil }
      // `import struct Module.Type` names the module third.
      let kinds = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
      let isKind = kinds.contains(String(words[index + 1])) && index + 2 < words.count
      return words[isKind ? index + 2 : index + 1].split(separator: ".").first.map(String.init)
    }
  }

  @Test func `every module is in the table`() throws {
    let modules = try FileManager.default.contentsOfDirectory(atPath: Self.sources.path)
    #expect(modules.filter { !$0.hasPrefix(".") }.sorted() == Self.allowed.keys.sorted())
  }

  @Test func `each module imports only what the design allows`() throws {
    for (module, file) in try Self.files() {
      guard let allowed = try #require(Self.allowed[module], "\(module)") else { continue }
      #expect(Set(try Self.imports(of: file)).subtracting(allowed) == [], "\(file.path())")
    }
  }

  @Test func `the table allows nothing that no file needs`() throws {
    let imports = Dictionary(grouping: try Self.files(), by: \.module)
    for case (let module, let allowed?) in Self.allowed {
      let used = try (imports[module] ?? []).flatMap { try Self.imports(of: $0.file) }
      #expect(allowed.subtracting(used) == [], "\(module)")
    }
  }

  @Test func `only the adapters export, each in one file, and use gzip for nothing else`() throws {
    let adapters = ["OutputBufferingNIO", "OutputBufferingHummingbird", "OutputBufferingFlyingFox"]
    var exporting: [String] = []
    for (module, file) in try Self.files() {
      let lines = try Self.lines(of: file)
      let isExporting = lines.contains { $0.contains("@_exported") }
      if isExporting { exporting.append("\(module)/\(file.lastPathComponent)") }
      guard adapters.contains(module), !isExporting else { continue }
      #expect(!(try Self.imports(of: file)).contains("GzipContentCoding"), "\(file.path())")
    }
    #expect(exporting.sorted() == adapters.map { "\($0)/Exports.swift" }.sorted())
  }

  @Test func `one file calls each engine of gzip, and only those are unsafe`() throws {
    let files = try Self.files().filter { $0.module == "GzipContentCoding" }
    let calls = [
      "DeflateStream.swift": [
        "deflateInit2_(", "deflateEnd(", "deflateReset(", "deflateGetDictionary(",
        "deflateSetDictionary(", "crc32_z(", "adler32_z(",
      ],
      "LibdeflateStream.swift": ["libdeflate_"],
      "ISALStream.swift": ["isal_", "crc32_gzip_refl("],
    ]
    for (name, calls) in calls {
      let calling = try files.filter { _, file in
        try Self.lines(of: file).contains { line in
          calls.contains { line.contains($0) } && line.contains("unsafe ")
        }
      }
      #expect(calling.map(\.file.lastPathComponent) == [name])
    }
    for (_, file) in files where calls[file.lastPathComponent] == nil {
      let isUnsafe = try Self.lines(of: file).contains { line in
        !line.drop(while: \.isWhitespace).hasPrefix("//") && line.contains("unsafe ")
      }
      #expect(!isUnsafe, "\(file.path())")
    }
  }
}
