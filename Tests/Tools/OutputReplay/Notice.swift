import OutputBuffering

/// A message that PHP emits in addition to a return value.
struct Notice: Encodable {
  var at: String
  var severity = "notice"
  var kind: String
  var function: String
  var handler: String?
  var level: Int?
  var message: String

  /// Returns the messages that PHP emits where the library throws.
  static func notices(at position: String, _ function: PHPFunction, _ error: OutputBufferError)
    -> [Notice]
  {
    texts(function, error).map { text in
      Notice(
        at: position,
        kind: error.code.description,
        function: function.rawValue,
        handler: error.handlerName.map(HandlerName.inScripts),
        level: error.level,
        message: "\(function.rawValue)(): Failed to \(text)"
      )
    }
  }

  /// Returns the messages that PHP emits if a callback can't be called.
  static func unusableCallback(at position: String, _ name: String) -> [Notice] {
    let function = PHPFunction.start.rawValue
    return [
      Notice(
        at: position, severity: "warning", kind: "other", function: function,
        message: "\(function)(): function \"\(name)\" not found or invalid function name"),
      Notice(
        at: position, kind: "notCreated", function: function,
        message: "\(function)(): Failed to create buffer"),
    ]
  }

  private static func texts(_ function: PHPFunction, _ error: OutputBufferError) -> [String] {
    if error.code == .noBuffer { return function.complaintWithoutBuffer.map { [$0] } ?? [] }
    let name = error.handlerName ?? ""
    let level = error.level ?? 0
    return function.refusedVerbs.map { "\($0) buffer of \(name) (\(level))" }
  }
}

/// The functions of PHP that emit messages.
enum PHPFunction: String {
  case start = "ob_start"
  case flush = "ob_flush"
  case clean = "ob_clean"
  case endFlush = "ob_end_flush"
  case endClean = "ob_end_clean"
  case getClean = "ob_get_clean"
  case getFlush = "ob_get_flush"

  var complaintWithoutBuffer: String? {
    switch self {
    case .start, .getClean: nil
    case .flush: "flush buffer. No buffer to flush"
    case .clean, .endClean: "delete buffer. No buffer to delete"
    case .endFlush, .getFlush: "delete and flush buffer. No buffer to delete or flush"
    }
  }

  /// The verbs of the refusal, one for each notice.
  var refusedVerbs: [String] {
    switch self {
    case .start: []
    case .flush: ["flush"]
    case .clean: ["delete"]
    case .endFlush: ["send"]
    case .endClean: ["discard"]
    case .getClean: ["discard", "delete"]
    case .getFlush: ["send", "delete"]
    }
  }
}
