public import Foundation
import Synchronization

/// A process that runs a scripted server.
public final class ScriptedServerProcess: Sendable {
  /// The address at which it listens.
  public let address: AdapterConformance.Address
  private let identifier: Mutex<Int32?>

  private struct Announcement: Decodable {
    var host: String
    var port: Int
  }

  /// Starts a server and waits until it accepts connections.
  ///
  /// - Parameters:
  ///   - executable: The server.
  ///   - arguments: Its options, with `--port 0`.
  /// - Throws: An error if the server ends instead.
  public init(executable: URL, arguments: [String]) throws {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    identifier = Mutex(process.processIdentifier)
    var line = Data()
    while !line.contains(10) {
      let part = output.fileHandleForReading.availableData
      guard !part.isEmpty else {
        throw WireFailure(description: "\(executable.lastPathComponent) \(arguments) has ended")
      }
      line += part
    }
    let announcement = try JSONDecoder().decode(Announcement.self, from: line)
    address = .init(host: announcement.host, port: announcement.port)
  }

  deinit { stop() }

  /// Requests a graceful shutdown (SIGTERM), once.
  public func stop() {
    let running = identifier.withLock { identifier in
      defer { identifier = nil }
      return identifier
    }
    if let running { kill(running, SIGTERM) }
  }
}
