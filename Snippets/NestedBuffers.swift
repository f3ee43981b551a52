// Output buffers without a server: nested, one discarded, one with a handler.

// snippet.hide
import OutputBuffering

struct StandardOutput: OutputSink {
  mutating func write(_ bytes: Span<UInt8>) {
    for index in bytes.indices { print(Unicode.Scalar(bytes[index]), terminator: "") }
  }
  mutating func flush() {}
}

// snippet.show
let stack = OutputStack(sink: StandardOutput())
stack.start()
stack.write("<ul>")

stack.start()
stack.write("<li>an item that was not wanted after all")
try stack.endClean()

stack.start(named: "lines") { input, _, output in
  for index in input.indices where input[index] != UInt8(ascii: "\n") {
    output.append(input[index])
  }
}
stack.write("<li>one\n<li>two\n")
try stack.endFlush()

stack.write("</ul>\n")
try stack.endFlush()  // prints <ul><li>one<li>two</ul>

// snippet.hide
// The examples of the module's documentation.
struct Minifier: OutputHandler {
  var name: String { "minifier" }

  mutating func process(
    _ input: Span<UInt8>, phase: OutputPhase, into output: inout ContiguousArray<UInt8>
  ) {
    for index in input.indices where input[index] != UInt8(ascii: " ") {
      output.append(input[index])
    }
  }
}

struct NoSuchPage: Error {}

func render(_ page: String, into output: OutputStack<StandardOutput>) throws(NoSuchPage) {
  output.write("part of the \(page) page")
  throw NoSuchPage()
}

func shout(on stack: OutputStack<StandardOutput>) throws {
  var stack = stack
  // snippet.show
  stack.start(named: "shout") { input, phase, output in
    for index in input.indices { output.append(input[index] & 0xDF) }
    if phase.contains(.final) { output.append(UInt8(ascii: "!")) }
  }
  print("hello", terminator: "", to: &stack)
  try stack.endFlush()  // HELLO!
  // snippet.hide
}

func show(_ page: String, on stack: OutputStack<StandardOutput>) throws {
  let minifier = Minifier()
  // snippet.show
  try stack.withBuffer(handler: minifier) { stack in
    try render(page, into: stack)  // throws: nothing of the page is sent
  }
  // snippet.hide
}

try shout(on: stack)
do {
  try show("missing", on: stack)
} catch {
  print("\n\(error)")
}
