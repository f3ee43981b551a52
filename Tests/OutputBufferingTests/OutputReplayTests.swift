import Foundation
import OutputBuffering
import Testing

@testable import OutputReplay
@testable import ScriptHandlers

@Suite struct OutputReplayTests {
  @Test(
    arguments: [
      #"{"name":"a"}"#,
      #"{"name":"a","ops":[{}]}"#,
      #"{"name":"a","ops":[{"op":"explode"}]}"#,
      #"{"name":"a","ops":[{"op":"write"}]}"#,
      #"{"name":"a","ops":[{"op":"write","data":1}]}"#,
      #"{"name":"a","ops":[{"op":"write","data":{"base64":"?"}}]}"#,
      #"{"name":"a","ops":[{"op":"write","data":"\ud800"}]}"#,
      #"{"name":"a","ops":[{"op":"implicitFlush","enabled":1}]}"#,
      #"{"name":"a","ops":[{"op":"start","chunkSize":true}]}"#,
      #"{"name":"a","ops":[{"op":"start","chunkSize":1e30}]}"#,
      #"{"name":"a","ops":[{"op":"start","flags":["movable"]}]}"#,
      "[]",
      "",
    ])
  func `a malformed script is an error`(line: String) {
    #expect(throws: (any Error).self) {
      try JSONDecoder().decode(Script.self, from: Data(line.utf8))
    }
  }

  @Test func `bytes are a string where they are UTF-8 and Base64 otherwise`() throws {
    let script = #"""
      {"ops":[{"op":"write","data":"\u0000é"},{"op":"write","data":{"base64":"/w=="}}]}
      """#
    let result = Interpreter.run(try JSONDecoder().decode(Script.self, from: Data(script.utf8)))
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(
      String(decoding: try encoder.encode(result.writes), as: UTF8.self)
        == #"[{"at":"0","data":"\u0000é"},{"at":"1","data":{"base64":"\/w=="}}]"#)
    #expect(result.output.content == [0, 0xC3, 0xA9, 0xFF])
  }

  @Test func `a callback that cannot be called creates no buffer`() throws {
    let script = #"{"ops":[{"op":"start","handler":"missing"},{"op":"getLevel"}]}"#
    let result = Interpreter.run(try JSONDecoder().decode(Script.self, from: Data(script.utf8)))
    #expect(result.notices.map(\.kind) == ["other", "notCreated"])
    guard case .int(0) = result.returns[1] else {
      Issue.record("a buffer is open")
      return
    }
  }

  @Test func `lines are read whatever pieces they arrive in`() throws {
    let pipe = Pipe()
    let text = "first\n\nthird, \(String(repeating: "long ", count: 10_000))\nlast"
    let writer = Thread {
      for piece in stride(from: 0, to: text.utf8.count, by: 4097) {
        let bytes = Array(text.utf8.dropFirst(piece).prefix(4097))
        pipe.fileHandleForWriting.write(Data(bytes))
      }
      pipe.fileHandleForWriting.closeFile()
    }
    writer.start()
    var reader = LineReader(pipe.fileHandleForReading)
    var lines: [String] = []
    while let line = reader.next() {
      #expect(line.number == lines.count + 1)
      lines.append(String(decoding: line.content, as: UTF8.self))
    }
    #expect(lines == text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
  }

  @Test(
    arguments: [
      ("{n}-{len}-{mode}", "1-2-5"),
      ("{start:S}{clean:C}{flush:F}{final:}", "SF"),
      ("{{input}}", "{ab}"),
      ("{start:{n}{other}{", "{n{other}{"),
    ])
  func `a template is replaced in one pass`(template: String, expected: String) {
    let input: [UInt8] = Array("ab".utf8)
    var output = ContiguousArray<UInt8>()
    Template(ContiguousArray(template.utf8))
      .append(to: &output, input.span, [.start, .flush], invocation: 1)
    #expect(String(decoding: output, as: UTF8.self) == expected)
  }
}
