import OutputBuffering

/// A script: the operations on one stack, from the first one to the end of the request.
struct Script: Decodable {
  var name: String?
  var ops: [Operation]

  /// One operation of a script.
  enum Operation {
    case start(Start)
    case write(Bytes)
    case flush
    case clean
    case endFlush
    case endClean
    case getContents
    case getClean
    case getFlush
    case getLength
    case getLevel
    case status(full: Bool)
    case listHandlers
    case systemFlush
    case implicitFlush(Bool)
    case onShutdown([Operation])
    case exit
  }

  /// The parameters of a new buffer.
  struct Start: Decodable {
    var handler: String?
    var chunkSize: Int?
    var flags: [Flag]?
    var arg: Int?
    var template: Bytes?

    var capabilities: OutputBufferCapabilities {
      guard let flags else { return .standard }
      return OutputBufferCapabilities(flags.map(\.capability))
    }
  }

  /// A capability by its name.
  enum Flag: String, Codable, CaseIterable {
    case cleanable
    case flushable
    case removable

    var capability: OutputBufferCapabilities {
      switch self {
      case .cleanable: .cleanable
      case .flushable: .flushable
      case .removable: .removable
      }
    }
  }
}

extension Script.Operation: Decodable {
  private enum Key: CodingKey {
    case op, data, full, enabled, ops
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let name = try container.decode(String.self, forKey: .op)
    switch name {
    case "start": self = .start(try Script.Start(from: decoder))
    case "write": self = .write(try container.decode(Bytes.self, forKey: .data))
    case "flush": self = .flush
    case "clean": self = .clean
    case "endFlush": self = .endFlush
    case "endClean": self = .endClean
    case "getContents": self = .getContents
    case "getClean": self = .getClean
    case "getFlush": self = .getFlush
    case "getLength": self = .getLength
    case "getLevel": self = .getLevel
    case "status":
      self = .status(full: try container.decodeIfPresent(Bool.self, forKey: .full) ?? false)
    case "listHandlers": self = .listHandlers
    case "systemFlush": self = .systemFlush
    case "implicitFlush":
      self = .implicitFlush(try container.decodeIfPresent(Bool.self, forKey: .enabled) ?? true)
    case "onShutdown": self = .onShutdown(try container.decode([Self].self, forKey: .ops))
    case "exit": self = .exit
    default:
      throw DecodingError.dataCorruptedError(
        forKey: .op, in: container, debugDescription: "unknown operation \(name)")
    }
  }
}
