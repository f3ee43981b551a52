// swift-tools-version: 6.3

import PackageDescription

let package = Package(
  name: "swift-output-buffering",
  platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
  products: [
    .library(name: "OutputBuffering", targets: ["OutputBuffering"]),
    .library(name: "HTTPContentCoding", targets: ["HTTPContentCoding"]),
    .library(name: "GzipContentCoding", targets: ["GzipContentCoding"]),
    .library(name: "ZstdContentCoding", targets: ["ZstdContentCoding"]),
    .library(name: "BrotliContentCoding", targets: ["BrotliContentCoding"]),
    .library(name: "ContentCodings", targets: ["ContentCodings"]),
    .library(name: "HTTPOutputBuffering", targets: ["HTTPOutputBuffering"]),
    .library(name: "OutputBufferingNIO", targets: ["OutputBufferingNIO"]),
    .library(name: "OutputBufferingHummingbird", targets: ["OutputBufferingHummingbird"]),
    .library(name: "OutputBufferingTesting", targets: ["OutputBufferingTesting"]),
    .library(name: "OutputBufferingFlyingFox", targets: ["OutputBufferingFlyingFox"]),
    .library(name: "HTTPOutputBufferingTesting", targets: ["HTTPOutputBufferingTesting"]),
    .executable(name: "output-replay", targets: ["OutputReplay"]),
  ],
  traits: [
    .trait(
      name: "Zstd",
      description: "The content coding zstd, over libzstd."
    ),
    .trait(
      name: "Brotli",
      description: "The content coding br, over libbrotlienc."
    ),
    .trait(
      name: "ServiceLifecycle",
      description: "AfterResponseService conforms to Service of swift-service-lifecycle."
    ),
    .trait(
      name: "Tracing",
      description:
        "Spans of responses, and of work after them, for a tracer of swift-distributed-tracing."
    ),
    .trait(
      name: "Configuration",
      description: "Settings are read by swift-configuration."
    ),
    .trait(
      name: "NIO",
      description: "The adapter for SwiftNIO."
    ),
    .trait(
      name: "Hummingbird",
      description: "The adapter for Hummingbird 2.",
      enabledTraits: ["NIO", "ServiceLifecycle"]
    ),
    .trait(
      name: "HummingbirdHTTP2",
      description: "The adapter for Hummingbird 2 over TLS and HTTP/2.",
      enabledTraits: ["Hummingbird"]
    ),
    .trait(
      name: "FlyingFox",
      description: "The adapter for FlyingFox."
    ),
    .trait(
      name: "Libdeflate",
      description: "gzip and deflate by libdeflate, for whole bodies."
    ),
    .trait(
      name: "ISAL",
      description: "gzip and deflate by Intel's ISA-L, at the fast levels."
    ),
    .trait(
      name: "Conformance",
      description: "The scripted server of the black-box tests, with every adapter and coding.",
      enabledTraits: ["HummingbirdHTTP2", "FlyingFox", "Zstd", "Brotli"]
    ),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
    // Everything below is fetched only when a trait asks for it.
    .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.7.3"),
    .package(
      url: "https://github.com/apple/swift-configuration.git", from: "1.4.0", traits: []),
    .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-collections.git", from: "1.1.0"),
    .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.2"),
    .package(url: "https://github.com/swhitty/FlyingFox.git", from: "0.27.1"),
    .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-nio-http2.git", from: "1.46.0"),
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
  ],
  targets: [
    // Layer 0: pure, siblings.
    .target(name: "OutputBuffering"),
    .target(
      name: "HTTPContentCoding",
      dependencies: [
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(
          name: "Configuration", package: "swift-configuration",
          condition: .when(traits: ["Configuration"])),
      ]
    ),

    // Layer 1.
    .systemLibrary(
      name: "COutputBufferingZlib",
      pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]
    ),
    .systemLibrary(
      name: "COutputBufferingLibdeflate",
      pkgConfig: "libdeflate",
      providers: [.apt(["libdeflate-dev"]), .brew(["libdeflate"])]
    ),
    .systemLibrary(
      name: "COutputBufferingISAL",
      pkgConfig: "libisal",
      providers: [.apt(["libisal-dev"]), .brew(["isa-l"])]
    ),
    .target(
      name: "GzipContentCoding",
      dependencies: [
        "HTTPContentCoding", "COutputBufferingZlib",
        .target(name: "COutputBufferingLibdeflate", condition: .when(traits: ["Libdeflate"])),
        .target(name: "COutputBufferingISAL", condition: .when(traits: ["ISAL"])),
        .product(
          name: "Configuration", package: "swift-configuration",
          condition: .when(traits: ["Configuration"])),
      ]
    ),
    .systemLibrary(
      name: "COutputBufferingZstd",
      pkgConfig: "libzstd",
      providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]
    ),
    .target(
      name: "ZstdContentCoding",
      dependencies: [
        "HTTPContentCoding",
        .target(name: "COutputBufferingZstd", condition: .when(traits: ["Zstd"])),
        .product(
          name: "Configuration", package: "swift-configuration",
          condition: .when(traits: ["Configuration"])),
      ]
    ),
    .systemLibrary(
      name: "COutputBufferingBrotli",
      pkgConfig: "libbrotlienc",
      providers: [.apt(["libbrotli-dev"]), .brew(["brotli"])]
    ),
    .target(
      name: "BrotliContentCoding",
      dependencies: [
        "HTTPContentCoding",
        .target(name: "COutputBufferingBrotli", condition: .when(traits: ["Brotli"])),
        .product(
          name: "Configuration", package: "swift-configuration",
          condition: .when(traits: ["Configuration"])),
      ]
    ),
    // Every coding that the traits ask for.
    .target(
      name: "ContentCodings",
      dependencies: [
        "HTTPContentCoding", "GzipContentCoding",
        .target(name: "ZstdContentCoding", condition: .when(traits: ["Zstd"])),
        .target(name: "BrotliContentCoding", condition: .when(traits: ["Brotli"])),
        .product(
          name: "Configuration", package: "swift-configuration",
          condition: .when(traits: ["Configuration"])),
      ]
    ),
    .target(
      name: "HTTPOutputBuffering",
      dependencies: [
        "OutputBuffering", "HTTPContentCoding",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(
          name: "ServiceLifecycle",
          package: "swift-service-lifecycle",
          condition: .when(traits: ["ServiceLifecycle"])
        ),
        .product(
          name: "Tracing",
          package: "swift-distributed-tracing",
          condition: .when(traits: ["Tracing"])
        ),
        .product(
          name: "Configuration", package: "swift-configuration",
          condition: .when(traits: ["Configuration"])),
      ]
    ),

    // Layer 2: adapters, each behind its trait.
    .target(
      name: "OutputBufferingNIO",
      dependencies: [
        "HTTPOutputBuffering", "HTTPContentCoding", "GzipContentCoding", "OutputBuffering",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["NIO"])),
        .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["NIO"])),
        .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["NIO"])),
        .product(
          name: "NIOHTTPTypes", package: "swift-nio-extras", condition: .when(traits: ["NIO"])),
        .product(
          name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras",
          condition: .when(traits: ["NIO"])),
        .product(
          name: "NIOHTTPTypesHTTP2", package: "swift-nio-extras",
          condition: .when(traits: ["NIO"])),
        .product(name: "NIOHTTP2", package: "swift-nio-http2", condition: .when(traits: ["NIO"])),
        .product(
          name: "DequeModule", package: "swift-collections", condition: .when(traits: ["NIO"])),
      ]
    ),
    .target(
      name: "OutputBufferingHummingbird",
      dependencies: [
        "HTTPOutputBuffering", "OutputBufferingNIO", "HTTPContentCoding", "GzipContentCoding",
        "OutputBuffering",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(
          name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["Hummingbird"])),
        .product(
          name: "HummingbirdCore", package: "hummingbird", condition: .when(traits: ["Hummingbird"])
        ),
        .product(
          name: "HummingbirdHTTP2", package: "hummingbird",
          condition: .when(traits: ["HummingbirdHTTP2"])),
        .product(
          name: "NIOSSL", package: "swift-nio-ssl",
          condition: .when(traits: ["HummingbirdHTTP2"])),
        .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Hummingbird"])),
        .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["Hummingbird"])),
        .product(
          name: "NIOHTTPTypes", package: "swift-nio-extras",
          condition: .when(traits: ["Hummingbird"])),
        .product(
          name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras",
          condition: .when(traits: ["Hummingbird"])),
      ]
    ),
    .target(
      name: "OutputBufferingFlyingFox",
      dependencies: [
        "HTTPOutputBuffering", "HTTPContentCoding", "GzipContentCoding", "OutputBuffering",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "FlyingFox", package: "FlyingFox", condition: .when(traits: ["FlyingFox"])),
        .product(
          name: "FlyingSocks", package: "FlyingFox", condition: .when(traits: ["FlyingFox"])),
      ]
    ),

    // The test kit: no framework.
    .systemLibrary(
      name: "COutputBufferingBrotliDecoder",
      pkgConfig: "libbrotlidec",
      providers: [.apt(["libbrotli-dev"]), .brew(["brotli"])]
    ),
    .target(
      name: "OutputBufferingTesting",
      dependencies: [
        "HTTPContentCoding", "COutputBufferingZlib",
        .target(name: "COutputBufferingZstd", condition: .when(traits: ["Zstd"])),
        .target(name: "COutputBufferingBrotliDecoder", condition: .when(traits: ["Brotli"])),
      ],
      resources: [.copy("Cases")]
    ),

    // For the tests of applications: handlers without a server.
    .target(
      name: "HTTPOutputBufferingTesting",
      dependencies: [
        "HTTPOutputBuffering", "HTTPContentCoding", "OutputBufferingTesting",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
      ]
    ),

    // Executables that are not part of the library.
    .executableTarget(
      name: "conformance-report",
      dependencies: ["OutputBufferingTesting"],
      path: "Tests/Tools/ConformanceReport"
    ),
    .target(
      name: "ScriptHandlers", dependencies: ["OutputBuffering"], path: "Tests/Tools/ScriptHandlers"),
    .executableTarget(
      name: "OutputReplay", dependencies: ["OutputBuffering", "ScriptHandlers"],
      path: "Tests/Tools/OutputReplay"),
    .executableTarget(
      name: "scripted-server",
      dependencies: [
        "OutputBufferingHummingbird", "OutputBufferingNIO", "HTTPOutputBuffering",
        "OutputBuffering", "HTTPContentCoding", "ContentCodings", "GzipContentCoding",
        "ZstdContentCoding", "BrotliContentCoding", "ScriptHandlers",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Conformance"])),
        .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["Conformance"])),
        .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Conformance"])),
        .product(
          name: "NIOHTTP2", package: "swift-nio-http2", condition: .when(traits: ["Conformance"])),
        .product(
          name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["Conformance"])),
        .product(
          name: "HummingbirdCore", package: "hummingbird",
          condition: .when(traits: ["Conformance"])),
        .product(
          name: "NIOHTTPTypes", package: "swift-nio-extras",
          condition: .when(traits: ["Conformance"])),
        .product(
          name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras",
          condition: .when(traits: ["Conformance"])),
        .product(
          name: "NIOHTTPTypesHTTP2", package: "swift-nio-extras",
          condition: .when(traits: ["Conformance"])),
        .product(
          name: "ServiceLifecycle", package: "swift-service-lifecycle",
          condition: .when(traits: ["Conformance"])),
        .product(
          name: "UnixSignals", package: "swift-service-lifecycle",
          condition: .when(traits: ["Conformance"])),
        .product(
          name: "ArgumentParser", package: "swift-argument-parser",
          condition: .when(traits: ["Conformance"])),
        .product(
          name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["Hummingbird"])),
        "OutputBufferingFlyingFox", "ToyHTTP",
        .product(
          name: "FlyingFox", package: "FlyingFox", condition: .when(traits: ["Conformance"])),
        .product(
          name: "FlyingSocks", package: "FlyingFox", condition: .when(traits: ["Conformance"])),
      ],
      path: "Tests/Tools/ScriptedServer"
    ),
    .executableTarget(
      name: "demo-server",
      dependencies: [
        "OutputBufferingHummingbird", "ContentCodings",
        .product(name: "Logging", package: "swift-log"),
        .product(
          name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["Hummingbird"])),
        .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Hummingbird"])),
      ],
      path: "docs/Examples/DemoServer"
    ),

    // The server of docs/write-an-adapter.md.
    .target(
      name: "ToyHTTP",
      dependencies: [
        "HTTPOutputBuffering",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
      ],
      path: "docs/Examples/ToyServer"
    ),

    // Tests.
    .target(
      name: "OutputBufferingTestSupport",
      dependencies: ["OutputBufferingTesting", "HTTPContentCoding"],
      path: "Tests/TestSupport"),
    .testTarget(
      name: "OutputBufferingTests",
      dependencies: ["OutputBuffering", "OutputReplay", "OutputBufferingTestSupport"],
      exclude: ["Fixtures", "Support"]
    ),
    .testTarget(
      name: "HTTPContentCodingTests",
      dependencies: [
        "HTTPContentCoding", "OutputBufferingTestSupport",
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ]
    ),
    .testTarget(
      name: "GzipContentCodingTests",
      dependencies: [
        "GzipContentCoding", "HTTPContentCoding", "OutputBufferingTesting", "COutputBufferingZlib",
        "OutputBufferingTestSupport",
      ]
    ),
    .testTarget(
      name: "ZstdContentCodingTests",
      dependencies: [
        "ZstdContentCoding", "HTTPContentCoding", "OutputBufferingTesting",
        "OutputBufferingTestSupport",
      ]
    ),
    .testTarget(
      name: "BrotliContentCodingTests",
      dependencies: [
        "BrotliContentCoding", "HTTPContentCoding", "OutputBufferingTesting",
        "OutputBufferingTestSupport",
      ]
    ),
    .testTarget(
      name: "ContentCodingsTests",
      dependencies: [
        "ContentCodings", "HTTPOutputBuffering", "OutputBufferingTestSupport",
        .product(
          name: "Configuration", package: "swift-configuration",
          condition: .when(traits: ["Configuration"])),
      ]
    ),
    .testTarget(
      name: "HTTPOutputBufferingTests",
      dependencies: [
        "HTTPOutputBuffering", "OutputBuffering", "HTTPContentCoding", "GzipContentCoding",
        "HTTPOutputBufferingTesting", "OutputBufferingTesting", "OutputBufferingTestSupport",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(
          name: "Tracing", package: "swift-distributed-tracing",
          condition: .when(traits: ["Tracing"])),
        .product(
          name: "InMemoryTracing", package: "swift-distributed-tracing",
          condition: .when(traits: ["Tracing"])),
        .product(
          name: "Configuration", package: "swift-configuration",
          condition: .when(traits: ["Configuration"])),
      ]
    ),
    .testTarget(
      name: "HTTPOutputBufferingTestingTests",
      dependencies: [
        "HTTPOutputBufferingTesting", "HTTPOutputBuffering", "HTTPContentCoding",
        "GzipContentCoding",
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ]
    ),
    .testTarget(
      name: "OutputBufferingFlyingFoxTests",
      dependencies: [
        "OutputBufferingFlyingFox", "HTTPOutputBuffering", "HTTPContentCoding",
        "GzipContentCoding", "OutputBufferingTesting", "OutputBufferingTestSupport",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "FlyingFox", package: "FlyingFox", condition: .when(traits: ["FlyingFox"])),
        .product(
          name: "FlyingSocks", package: "FlyingFox", condition: .when(traits: ["FlyingFox"])),
      ]
    ),
    .testTarget(
      name: "OutputBufferingNIOTests",
      dependencies: [
        "OutputBufferingNIO", "HTTPOutputBuffering", "HTTPContentCoding", "GzipContentCoding",
        "OutputBufferingTesting", "OutputBufferingTestSupport",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["NIO"])),
        .product(name: "NIOEmbedded", package: "swift-nio", condition: .when(traits: ["NIO"])),
        .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["NIO"])),
        .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["NIO"])),
        .product(name: "NIOHTTP2", package: "swift-nio-http2", condition: .when(traits: ["NIO"])),
        .product(
          name: "NIOHTTPTypes", package: "swift-nio-extras", condition: .when(traits: ["NIO"])),
        .product(
          name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras",
          condition: .when(traits: ["NIO"])),
        .product(
          name: "NIOHTTPTypesHTTP2", package: "swift-nio-extras",
          condition: .when(traits: ["NIO"])),
      ]
    ),
    .testTarget(
      name: "OutputBufferingHummingbirdTests",
      dependencies: [
        "OutputBufferingHummingbird", "HTTPOutputBuffering", "OutputBuffering",
        "HTTPContentCoding", "GzipContentCoding", "OutputBufferingTesting",
        "OutputBufferingTestSupport",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(
          name: "ServiceLifecycle", package: "swift-service-lifecycle",
          condition: .when(traits: ["ServiceLifecycle"])),
        .product(
          name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["Hummingbird"])),
        .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Hummingbird"])),
        .product(
          name: "NIOEmbedded", package: "swift-nio", condition: .when(traits: ["Hummingbird"])),
      ]
    ),
    .testTarget(
      name: "ConformanceTests",
      dependencies: ["OutputBufferingTesting", "scripted-server"]
    ),
    .testTarget(name: "DocumentationTests"),
    // HummingbirdTesting brings TLS, which the sanitizers' runs leave out.
    .testTarget(
      name: "HandlerTests",
      dependencies: [
        "OutputBufferingHummingbird", "HTTPOutputBufferingTesting",
        .product(
          name: "Hummingbird", package: "hummingbird",
          condition: .when(traits: ["HummingbirdHTTP2"])),
        .product(
          name: "HummingbirdTesting", package: "hummingbird",
          condition: .when(traits: ["HummingbirdHTTP2"])),
      ],
      path: "docs/Examples/HandlerTests"
    ),
  ]
)

for target in package.targets where target.type != .system {
  var settings = target.swiftSettings ?? []
  settings += [
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0335-existential-any.md
    .enableUpcomingFeature("ExistentialAny"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0470-isolated-conformances.md
    .enableUpcomingFeature("InferIsolatedConformances"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0481-weak-let.md
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0409-access-level-on-imports.md
    .enableUpcomingFeature("InternalImportsByDefault"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0444-member-import-visibility.md
    .enableUpcomingFeature("MemberImportVisibility"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0461-async-function-isolation.md
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0458-strict-memory-safety.md
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
  ]
  target.swiftSettings = settings
}
