import OutputBuffering

/// The result of running a script.
struct RunResult: Encodable {
  var name: String
  var returns: [Value]
  var output: Bytes
  var writes: [Write]
  var handlerCalls: [HandlerCall]
  var notices: [Notice]

  /// The return values of operations in shutdown functions, by position; omitted if none ran.
  var lateReturns: [String: Value]?

  /// One write to the sink.
  struct Write: Encodable {
    var at: String
    var data: Bytes
  }

  /// One invocation of a handler.
  struct HandlerCall: Encodable {
    var at: String
    var buffer: Int
    var handler: String
    var phase: [String]
    var input: Bytes
    var output: Value
  }
}

/// The return value of an operation, in PHP's types.
enum Value: Encodable {
  case null
  case bool(Bool)
  case int(Int)
  case bytes(Bytes)
  case names([String])
  case status(StatusEntry)
  case statuses([StatusEntry])

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .int(let value): try container.encode(value)
    case .bytes(let value): try container.encode(value)
    case .names(let value): try container.encode(value)
    case .status(let value): try container.encode(value)
    case .statuses(let value): try container.encode(value)
    }
  }
}

/// An entry of `ob_get_status()`.
struct StatusEntry: Encodable {
  var handler: String
  var level: Int
  var chunkSize: Int
  var length: Int
  var flags: [Script.Flag]
  var started: Bool
  var disabled: Bool
  var processed: Bool
  var user: Bool

  init(_ status: OutputBufferStatus) {
    handler = HandlerName.inScripts(status.handlerName)
    level = status.level
    chunkSize = status.chunkSize
    length = status.length
    flags = Script.Flag.allCases.filter { status.capabilities.contains($0.capability) }
    started = status.isStarted
    disabled = status.isDisabled
    processed = status.isProcessed
    user = status.hasHandler
  }
}
