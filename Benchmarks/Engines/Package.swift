// swift-tools-version: 6.3

import PackageDescription

// A separate package: it needs every compression library and no framework.
let package = Package(
  name: "output-buffering-bench-engines",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "swift-output-buffering", path: "../..", traits: ["Libdeflate", "ISAL"])
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
    .target(
      name: "CEngineLoops", dependencies: ["CEngineZlib", "CEngineLibdeflate", "CEngineISAL"],
      cSettings: [.unsafeFlags(["-O2"])],
      linkerSettings: [
        .linkedLibrary("z"), .linkedLibrary("deflate"), .linkedLibrary("isal"),
      ]),
    .executableTarget(
      name: "engine-bench",
      dependencies: [
        "CEngineLoops",
        .product(name: "HTTPContentCoding", package: "swift-output-buffering"),
        .product(name: "GzipContentCoding", package: "swift-output-buffering"),
        .product(name: "OutputBufferingTesting", package: "swift-output-buffering"),
      ],
      path: "Sources/EngineBench"),
  ]
)
