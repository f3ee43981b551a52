import Foundation
import Testing

/// The allowed imports of each module: the table of the design, checked against the sources.
@Suite struct LayeringTests {
  /// The allowed imports of each module.
  private static let allowed: [String: Set<String>] = [
    "OutputBuffering": [],
    "HTTPContentCoding": ["HTTPTypes", "Synchronization", "Configuration"],
    "GzipContentCoding": [
      "HTTPContentCoding", "COutputBufferingZlib", "COutputBufferingLibdeflate",
      "COutputBufferingISAL", "Configuration",
    ],
    "ZstdContentCoding": ["HTTPContentCoding", "COutputBufferingZstd", "Configuration"],
    "BrotliContentCoding": ["HTTPContentCoding", "COutputBufferingBrotli", "Configuration"],
    "ContentCodings": [
      "HTTPContentCoding", "GzipContentCoding", "ZstdContentCoding", "BrotliContentCoding",
      "Configuration",
    ],
    "HTTPOutputBuffering": [
      "OutputBuffering", "HTTPContentCoding", "HTTPTypes", "Logging", "Metrics",
      "ServiceLifecycle", "Synchronization", "Tracing", "Configuration",
    ],
    "COutputBufferingZlib": [], "COutputBufferingLibdeflate": [], "COutputBufferingISAL": [],
    "COutputBufferingZstd": [], "COutputBufferingBrotli": [], "COutputBufferingBrotliDecoder": [],
    // The adapters make no coding decisions and need no Foundation; `fstat` is C's. They export
    // what an application needs from this package.
    "OutputBufferingNIO": [
      "HTTPOutputBuffering", "HTTPContentCoding", "GzipContentCoding", "OutputBuffering",
      "HTTPTypes", "Logging", "Synchronization", "DequeModule",
      "NIOCore", "NIOHTTP1", "NIOHTTP2", "NIOHTTPTypes", "NIOHTTPTypesHTTP1", "NIOHTTPTypesHTTP2",
      "NIOPosix",
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
      "HTTPContentCoding", "COutputBufferingZlib", "COutputBufferingZstd",
      "COutputBufferingBrotliDecoder", "Synchronization", "Foundation", "Glibc", "Musl", "Darwin",
    ],
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
      // In `import struct Module.Type` the module is the third word.
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
      let allowed = try #require(Self.allowed[module], "\(module)")
      #expect(Set(try Self.imports(of: file)).subtracting(allowed) == [], "\(file.path())")
    }
  }

  @Test func `the table allows nothing that no file needs`() throws {
    let imports = Dictionary(grouping: try Self.files(), by: \.module)
    for (module, allowed) in Self.allowed {
      let used = try (imports[module] ?? []).flatMap { try Self.imports(of: $0.file) }
      #expect(allowed.subtracting(used) == [], "\(module)")
    }
  }

  @Test
  func
    `adapters and the sum of the codings export, each in one file, and adapters use gzip for nothing else`()
    throws
  {
    let adapters = ["OutputBufferingNIO", "OutputBufferingHummingbird", "OutputBufferingFlyingFox"]
    var exporting: [String] = []
    for (module, file) in try Self.files() {
      let lines = try Self.lines(of: file)
      let isExporting = lines.contains { $0.contains("@_exported") }
      if isExporting { exporting.append("\(module)/\(file.lastPathComponent)") }
      guard adapters.contains(module), !isExporting else { continue }
      #expect(!(try Self.imports(of: file)).contains("GzipContentCoding"), "\(file.path())")
    }
    #expect(
      exporting.sorted() == (adapters + ["ContentCodings"]).map { "\($0)/Exports.swift" }.sorted())
  }

  /// A module over a C library: its calls, the file that contains them, and other unsafe code.
  struct Binding: CustomTestStringConvertible {
    var module: String
    var calls: [String]
    var file: String
    var unsafe: [String] = []

    var testDescription: String { file }
  }

  private static let gzipFiles = [
    "DeflateStream.swift", "LibdeflateStream.swift", "ISALStream.swift", "EngineMemory.swift",
  ]

  private static let bindings = [
    Binding(
      module: "GzipContentCoding",
      calls: [
        "deflateInit2_(", "deflateEnd(", "deflateReset(", "deflateGetDictionary(",
        "deflateSetDictionary(", "crc32_z(", "adler32_z(",
      ],
      file: "DeflateStream.swift", unsafe: gzipFiles),
    Binding(
      module: "GzipContentCoding", calls: ["libdeflate_"], file: "LibdeflateStream.swift",
      unsafe: gzipFiles),
    Binding(
      module: "GzipContentCoding", calls: ["isal_", "crc32_gzip_refl("], file: "ISALStream.swift",
      unsafe: gzipFiles),
    Binding(module: "ZstdContentCoding", calls: [" ZSTD_", "(ZSTD_"], file: "ZstdStream.swift"),
    Binding(
      module: "BrotliContentCoding", calls: [" BrotliEncoderC", " BrotliEncoderD"],
      file: "BrotliStream.swift", unsafe: ["BrotliMemory.swift"]),
  ]

  @Test(arguments: bindings)
  func `one file calls the C library, and it is the one that is unsafe`(binding: Binding) throws {
    let files = try Self.files().filter { $0.module == binding.module }
    let calling = try files.filter { _, file in
      try Self.lines(of: file).contains { line in
        !line.isComment && line.contains("unsafe ") && binding.calls.contains { line.contains($0) }
      }
    }
    #expect(calling.map(\.file.lastPathComponent) == [binding.file])
    for (_, file) in files
    where !([binding.file] + binding.unsafe).contains(file.lastPathComponent) {
      let isUnsafe = try Self.lines(of: file).contains { !$0.isComment && $0.contains("unsafe ") }
      #expect(!isUnsafe, "\(file.path())")
    }
  }
}

extension Substring {
  fileprivate var isComment: Bool { drop(while: \.isWhitespace).hasPrefix("//") }
}
