#if Conformance
  import ArgumentParser
  import HTTPContentCoding
  import HTTPOutputBuffering
  import Logging

  /// Runs an application whose behavior is described by each request, on any adapter, for black-box
  /// tests.
  @main
  struct ScriptedServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "scripted-server",
      abstract: "Answers each request by the script that the request carries.")

    @OptionGroup var options: ServerOptions

    func run() async throws {
      var logger = Logger(label: "scripted-server")
      logger.logLevel = .critical
      let journal = try options.workJournal.map { try WorkJournal(path: $0) }
      let application = ScriptedApplication(
        buffering: try options.makeBuffering(keepingIn: journal), journal: journal)
      try await options.adapter.run(application, options, logger: logger)
    }
  }
#else
  @main
  struct ScriptedServer {
    static func main() {
      print(
        "The scripted server needs its adapters: swift run --traits Conformance scripted-server")
    }
  }
#endif
