import Foundation

/// Runs scripts from standard input, one JSON object per line, and writes one result per line.
@main
struct OutputReplay {
  static func main() {
    do {
      try replay(from: .standardInput, to: .standardOutput)
    } catch {
      FileHandle.standardError.write(Data("output-replay: \(error)\n".utf8))
      exit(1)
    }
  }

  private static func replay(from input: FileHandle, to output: FileHandle) throws {
    var lines = LineReader(input)
    let decoder = JSONDecoder()
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    while let line = lines.next() {
      guard !line.content.isEmpty else { continue }
      let script: Script
      do {
        script = try decoder.decode(Script.self, from: line.content)
      } catch {
        throw MalformedScript(lineNumber: line.number, reason: error)
      }
      var result = try encoder.encode(Interpreter.run(script))
      result.append(UInt8(ascii: "\n"))
      try output.write(contentsOf: result)
    }
  }
}

/// An error for an input line that isn't a script.
struct MalformedScript: Error, CustomStringConvertible {
  var lineNumber: Int
  var reason: any Error

  var description: String { "line \(lineNumber): \(reason)" }
}
