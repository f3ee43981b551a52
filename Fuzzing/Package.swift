// swift-tools-version: 6.3

import PackageDescription

// libFuzzer brings the `main` of these executables: build with `--sanitize=fuzzer`, see run.sh.
let package = Package(
  name: "swift-output-buffering-fuzzing",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(
      name: "swift-output-buffering", path: "..", traits: ["Libdeflate", "ISAL", "Zstd", "Brotli"]),
    .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
  ],
  targets: [
    .systemLibrary(
      name: "CFuzzingZlib",
      pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]
    ),
    .target(name: "FuzzingSupport", dependencies: ["CFuzzingZlib"]),
    .executableTarget(
      name: "AcceptEncodingFuzz",
      dependencies: [
        "FuzzingSupport",
        .product(name: "HTTPContentCoding", package: "swift-output-buffering"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ]
    ),
    .target(
      name: "RoundTripSupport",
      dependencies: [
        "FuzzingSupport",
        .product(name: "HTTPContentCoding", package: "swift-output-buffering"),
        .product(name: "GzipContentCoding", package: "swift-output-buffering"),
      ]
    ),
    .target(
      name: "CodingFuzzing",
      dependencies: [
        "FuzzingSupport",
        .product(name: "HTTPContentCoding", package: "swift-output-buffering"),
        .product(name: "OutputBufferingTesting", package: "swift-output-buffering"),
      ]
    ),
    .executableTarget(
      name: "ZstdRoundTripFuzz",
      dependencies: [
        "FuzzingSupport", "CodingFuzzing",
        .product(name: "HTTPContentCoding", package: "swift-output-buffering"),
        .product(name: "ZstdContentCoding", package: "swift-output-buffering"),
      ]
    ),
    .executableTarget(
      name: "BrotliRoundTripFuzz",
      dependencies: [
        "FuzzingSupport", "CodingFuzzing",
        .product(name: "HTTPContentCoding", package: "swift-output-buffering"),
        .product(name: "BrotliContentCoding", package: "swift-output-buffering"),
      ]
    ),
    .executableTarget(
      name: "GzipRoundTripFuzz",
      dependencies: [
        "RoundTripSupport",
        .product(name: "GzipContentCoding", package: "swift-output-buffering"),
      ]
    ),
    .executableTarget(
      name: "LibdeflateRoundTripFuzz",
      dependencies: [
        "RoundTripSupport",
        .product(name: "GzipContentCoding", package: "swift-output-buffering"),
      ]
    ),
    .executableTarget(
      name: "ISALRoundTripFuzz",
      dependencies: [
        "RoundTripSupport",
        .product(name: "GzipContentCoding", package: "swift-output-buffering"),
      ]
    ),
    .executableTarget(
      name: "OutputStackFuzz",
      dependencies: [
        "FuzzingSupport",
        .product(name: "OutputBuffering", package: "swift-output-buffering"),
      ]
    ),
    .executableTarget(
      name: "ResponseMachineFuzz",
      dependencies: [
        "FuzzingSupport",
        .product(name: "HTTPOutputBuffering", package: "swift-output-buffering"),
        .product(name: "HTTPContentCoding", package: "swift-output-buffering"),
        .product(name: "GzipContentCoding", package: "swift-output-buffering"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ]
    ),
  ]
)

for target in package.targets where target.type != .system {
  target.swiftSettings = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
  ]
}
