// swift-tools-version: 6.3

import PackageDescription

// BENCH_TRACING adds the trait whose cost to a response without a tracer `MEASURE=tracing` shows.
let traits: Set<Package.Dependency.Trait> =
  Context.environment["BENCH_TRACING"] == nil
  ? ["Hummingbird", "Libdeflate", "ISAL", "Zstd", "Brotli"]
  : ["Hummingbird", "Libdeflate", "ISAL", "Zstd", "Brotli", "Tracing"]

// A separate package, so that `make bench` builds no framework.
let package = Package(
  name: "output-buffering-bench-servers",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(
      name: "swift-output-buffering", path: "../..",
      traits: traits),
    .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
    .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
    // The peer
    .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.2"),
  ],
  targets: [
    .executableTarget(
      name: "bench-server",
      dependencies: [
        .product(name: "HTTPContentCoding", package: "swift-output-buffering"),
        .product(name: "ContentCodings", package: "swift-output-buffering"),
        .product(name: "GzipContentCoding", package: "swift-output-buffering"),
        .product(name: "HTTPOutputBuffering", package: "swift-output-buffering"),
        .product(name: "OutputBufferingNIO", package: "swift-output-buffering"),
        .product(name: "OutputBufferingHummingbird", package: "swift-output-buffering"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
        .product(name: "Hummingbird", package: "hummingbird"),
      ],
      path: "BenchServer"
    )
  ]
)
