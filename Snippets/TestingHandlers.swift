// Tests a handler without a server: what its client got, and what became of it.

// snippet.hide
import HTTPTypes
// snippet.show
import GzipContentCoding
import HTTPOutputBuffering
import HTTPOutputBufferingTesting

// snippet.hide
func placeOrder(_ response: BufferedResponse) async throws {
  try response.updateHead { $0.status = .created }
  try await response.write("Thank you")
  try await response.finish()
  try await response.write("too late")
}

func expect(_ isTrue: Bool) { print(isTrue ? "as expected" : "not as expected") }

let buffering = ResponseBuffering(codings: [.gzip()])
// snippet.show
let received = try await buffering.test { try await placeOrder($0) }
expect(received.head?.status == .created && received.text == "Thank you")
expect(received.isFinishedEarly && received.discardedByteCount == 8)

let left = try await buffering.test(clientLeaves: .beforeHead) { try await placeOrder($0) }
expect(left.connectionStatus == .aborted && left.head == nil)
