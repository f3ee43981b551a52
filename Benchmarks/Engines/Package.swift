// swift-tools-version: 6.3

import PackageDescription

// A separate package: it needs every compression library and no framework.
let package = Package(
  name: "output-buffering-bench-engines",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(
      name: "swift-output-buffering", path: "../..",
      traits: ["Libdeflate", "ISAL", "Zstd", "Brotli"])
  ],
  targets: [
    .systemLibrary(
      name: "CEngineZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(
      name: "CEngineLibdeflate", pkgConfig: "libdeflate",
      providers: [.apt(["libdeflate-dev"]), .brew(["libdeflate"])]),
    .systemLibrary(
      name: "CEngineISAL", pkgConfig: "libisal",
      providers: [.apt(["libisal-dev"]), .brew(["isa-l"])]),
    .systemLibrary(
      name: "CEngineZstd", pkgConfig: "libzstd",
      providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
    .systemLibrary(
      name: "CEngineBrotli", pkgConfig: "libbrotlienc",
      providers: [.apt(["libbrotli-dev"]), .brew(["brotli"])]),
    .target(
      name: "CEngineLoops",
      dependencies: [
        "CEngineZlib", "CEngineLibdeflate", "CEngineISAL", "CEngineZstd", "CEngineBrotli",
      ],
      cSettings: [.unsafeFlags(["-O2"])],
      linkerSettings: [
        .linkedLibrary("z"), .linkedLibrary("deflate"), .linkedLibrary("isal"),
        .linkedLibrary("zstd"), .linkedLibrary("brotlienc"),
      ]),
    .executableTarget(
      name: "engine-bench",
      dependencies: [
        "CEngineLoops",
        .product(name: "HTTPContentCoding", package: "swift-output-buffering"),
        .product(name: "GzipContentCoding", package: "swift-output-buffering"),
        .product(name: "ZstdContentCoding", package: "swift-output-buffering"),
        .product(name: "BrotliContentCoding", package: "swift-output-buffering"),
        .product(name: "OutputBufferingTesting", package: "swift-output-buffering"),
      ],
      path: "Sources/EngineBench"),
  ]
)
