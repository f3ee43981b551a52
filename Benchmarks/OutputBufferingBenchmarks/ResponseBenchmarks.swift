import Benchmark
import GzipContentCoding
import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes

private let head = HTTPResponse(
  status: .ok, headerFields: [.contentType: "text/html; charset=utf-8"])
private let request = RequestMetadata(
  method: .get, acceptEncoding: AcceptEncoding(fieldValues: Payload.browserAcceptEncoding))

func addResponseBenchmarks() {
  Benchmark("response-6KiB-identity") { benchmark in
    try measurePage(ResponseSettings(codings: []), benchmark)
  }

  Benchmark("response-6KiB-gzip", configuration: .slow) { benchmark in
    try measurePage(ResponseSettings(codings: [.gzip(level: 6, engine: .zlib)]), benchmark)
  }

  Benchmark("response-6KiB-gzip-libdeflate", configuration: .slow) { benchmark in
    try measurePage(ResponseSettings(codings: [.gzip(level: 6, engine: .libdeflate)]), benchmark)
  }

  Benchmark("response-20-events-gzip", configuration: .slow) { benchmark in
    let settings = ResponseSettings(codings: [.gzip(level: 6)])
    let event = Payload.event
    try benchmark.measure {
      var storage: ContiguousArray<UInt8> = []
      var machine = ResponseMachine(request: request, head: head, settings: settings)
      for _ in 0..<20 {
        try machine.write(event.span)
        try machine.flush()
        storage = machine.takeOutput(reusing: storage).body
      }
      try machine.finish()
      blackHole(machine.takeOutput(reusing: storage))
    }
  }
}

private func measurePage(_ settings: ResponseSettings, _ benchmark: Benchmark) throws {
  let page = Payload.page6KB
  try benchmark.measure {
    var machine = ResponseMachine(request: request, head: head, settings: settings)
    try machine.write(page.span)
    try machine.finish()
    blackHole(machine.takeOutput())
  }
}
