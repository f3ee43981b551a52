#if Conformance
  import ArgumentParser
  import Logging

  /// The servers that a script can run on.
  enum Adapter: String, ExpressibleByArgument, CaseIterable {
    case hummingbird
    case flyingfox

    func run(_ application: ScriptedApplication, port: Int, logger: Logger) async throws {
      switch self {
      case .hummingbird:
        try await HummingbirdServer(application: application).run(port: port, logger: logger)
      case .flyingfox:
        try await FlyingFoxServer(application: application).run(port: port, logger: logger)
      }
    }
  }

  /// Tells the caller where the server listens: the one line on standard output.
  func announce(port: Int) {
    print(#"{"host":"127.0.0.1","port":\#(port)}"#)
    flushStandardOutput()
  }
#endif
