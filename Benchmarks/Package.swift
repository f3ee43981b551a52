// swift-tools-version: 6.3

import PackageDescription

let package = Package(
  name: "output-buffering-benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(
      name: "swift-output-buffering", path: "..", traits: ["NIO", "Libdeflate", "ISAL"]),
    .package(url: "https://github.com/ordo-one/benchmark.git", from: "1.38.1", traits: []),
    .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
    // The peer
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.2"),
  ],
  targets: [
    .target(name: "AllocationCounter", path: "AllocationCounter"),
    // The benchmark plugin looks for targets in a folder named Benchmarks.
    .executableTarget(
      name: "OutputBufferingBenchmarks",
      dependencies: [
        "AllocationCounter",
        .product(name: "Benchmark", package: "benchmark"),
        .product(name: "OutputBuffering", package: "swift-output-buffering"),
        .product(name: "HTTPContentCoding", package: "swift-output-buffering"),
        .product(name: "GzipContentCoding", package: "swift-output-buffering"),
        .product(name: "HTTPOutputBuffering", package: "swift-output-buffering"),
        .product(name: "OutputBufferingNIO", package: "swift-output-buffering"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
      ],
      path: "OutputBufferingBenchmarks",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
    ),
  ]
)
