// Takes the settings of responses from the environment.

// snippet.hide
#if Configuration
  // snippet.show
  import Configuration
  import GzipContentCoding
  import HTTPOutputBuffering

  // snippet.hide
  func readSettings() throws -> ResponseSettings {
    // snippet.show
    let config = ConfigReader(provider: EnvironmentVariablesProvider()).scoped(to: "response")
    let settings = try ResponseSettings(
      configuration: config, codings: [.gzip(configuration: config)])
    // snippet.hide
    return settings
  }

  func makeBuffering() throws -> ResponseBuffering {
    // snippet.show
    let config = ConfigReader(provider: EnvironmentVariablesProvider()).scoped(to: "response")
    let buffering = try ResponseBuffering(
      configuration: config, codings: [.gzip(configuration: config)])
    // snippet.hide
    return buffering
  }

  let (settings, buffering) = (try readSettings(), try makeBuffering())
  print("holds \(settings.maximumBufferedBytes) bytes")
  print("offers \(buffering.settings.codings.map(\.coding))")
#else
  print("This one needs Configuration: swift run --traits Configuration ConfiguredServer")
#endif
