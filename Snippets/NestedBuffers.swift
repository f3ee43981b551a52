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
