import Foundation

/// Third-party programs, if they are installed.
package enum ForeignTool {
  /// Runs a shell command that reads the bytes from the file `in` and writes its output to `out`.
  ///
  /// - Returns: Its status and output, or nil if the tool isn't installed.
  package static func run(
    _ tool: String, _ command: String, on input: ContiguousArray<UInt8>
  ) throws -> (status: Int32, output: ContiguousArray<UInt8>)? {
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("content-coding-\(UUID())")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try Data(input).write(to: directory.appendingPathComponent("in"))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.currentDirectoryURL = directory
    process.arguments = ["-c", "command -v \(tool) >/dev/null || exit 127; \(command)"]
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus != 127 else { return nil }
    let output = try? Data(contentsOf: directory.appendingPathComponent("out"))
    return (process.terminationStatus, ContiguousArray(output ?? Data()))
  }
}
