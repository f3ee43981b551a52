#if Conformance
  import Foundation

  /// The operations that a request asks its handler to run.
  struct Script: Decodable, Sendable {
    var status: Int?
    var headers: [Field]?
    var ops: [Operation]
    /// The validators to compare with the request's conditions.
    var conditional: Conditional?

    /// A field as `[name, value]`.
    struct Field: Decodable, Sendable {
      var name: String
      var value: String

      init(name: String, value: String) {
        self.name = name
        self.value = value
      }

      init(from decoder: any Decoder) throws {
        var pair = try decoder.unkeyedContainer()
        name = try pair.decode(String.self)
        value = try pair.decode(String.self)
      }
    }

    /// One operation; its keys depend on `op`.
    struct Operation: Decodable, Sendable {
      var op: String
      var text: String?
      var base64: String?
      var random: Int?
      var html: Int?
      var `repeat`: Int?
      var ms: Int?
      var key: String?
      var name: String?
      var value: Value?
      var code: Int?
      var count: Int?
      var headers: [Field]?
      var connection: String?
      var ops: [Operation]?
      var bytes: Int?
      var auto: Bool?
      var handler: String?
      var chunkSize: Int?
      var flags: [String]?
      var arg: Int?
      var template: String?
      var whenHandlerFails: String?
      var order: String?
      var payload: String?
    }

    /// A value that is text for one operation and a Boolean for another.
    enum Value: Decodable, Sendable {
      case text(String)
      case flag(Bool)

      init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let flag = try? value.decode(Bool.self) {
          self = .flag(flag)
        } else {
          self = .text(try value.decode(String.self))
        }
      }
    }

    /// Decodes a script from a header field: JSON in base64url without padding.
    init(base64URL text: String) throws {
      var base64 = text.replacing("-", with: "+").replacing("_", with: "/")
      base64 += String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)
      guard let data = Data(base64Encoded: base64) else { throw Malformed() }
      try self.init(json: data)
    }

    init(json: Data) throws {
      self = try JSONDecoder().decode(Script.self, from: json)
    }

    /// An error for a malformed script, answered with 400.
    struct Malformed: Error {}
  }
#endif
