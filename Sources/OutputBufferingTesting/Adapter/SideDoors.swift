import Foundation

/// The side doors of a scripted server, on a separate connection.
final class SideDoors {
  private let address: AdapterConformance.Address
  private let wireProtocol: WireProtocol
  private var connection: (any WireConnection)?

  init(address: AdapterConformance.Address, wireProtocol: WireProtocol) {
    self.address = address
    self.wireProtocol = wireProtocol
  }

  /// Signals a handler that waits for the key.
  func signal(_ key: String) throws { _ = try ask("POST", "/signal?key=\(key)") }

  /// Requests a graceful shutdown.
  ///
  /// - Returns: The process that will end.
  func shutDown() throws -> Int32 {
    guard let identifier = try ask("POST", "/shutdown")["pid"]?.int,
      let process = Int32(exactly: identifier)
    else { throw WireFailure(description: "POST /shutdown names no process") }
    return process
  }

  /// Whether a process runs; an ended process is gone once its parent has reaped it.
  static func isRunning(_ process: Int32) -> Bool { kill(process, 0) == 0 }

  /// Deletes the records of earlier cases.
  func forget() throws { _ = try ask("POST", "/reset") }

  /// Returns the records of the requests since then, in the order of their arrival.
  func records() throws -> [JSONValue] { try ask("GET", "/marks")["requests"]?.array ?? [] }

  /// Returns the current statistics.
  func stats() throws -> [String: JSONValue] { try ask("GET", "/stats").object ?? [:] }

  private func ask(_ method: String, _ target: String) throws -> JSONValue {
    if let connection, connection.closedAt == nil,
      let answer = try? ask(method, target, on: connection)
    {
      return answer
    }
    let connection = try wireProtocol.connect(host: address.host, port: address.port)
    self.connection = connection
    return try ask(method, target, on: connection)
  }

  private func ask(
    _ method: String, _ target: String, on connection: any WireConnection
  ) throws -> JSONValue {
    let request = WireRequest(
      method: method, target: target, fields: [], body: method == "POST" ? [] : nil)
    let message = try connection.send(request)
    guard try connection.read(within: .seconds(10), until: { message.end != nil }),
      message.isComplete, message.head?.status == 200
    else {
      throw WireFailure(description: "\(method) \(target) wasn't answered")
    }
    return try JSONDecoder().decode(JSONValue.self, from: Data(message.plain))
  }
}
