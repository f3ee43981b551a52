import Foundation
import OutputBuffering

/// Bytes in the notation of scripts and results: a string if they are UTF-8, otherwise Base64.
struct Bytes: Hashable {
  var content: ContiguousArray<UInt8>

  init(_ content: ContiguousArray<UInt8>) {
    self.content = content
  }

  init(_ span: Span<UInt8>) {
    content = []
    content.append(copying: span)
  }
}

extension Bytes: Codable {
  private struct Encoded: Codable {
    var base64: String
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let string = try? container.decode(String.self) {
      self.init(ContiguousArray(string.utf8))
      return
    }
    let encoded = try container.decode(Encoded.self).base64
    guard let data = Data(base64Encoded: encoded) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "not Base64: \(encoded)")
    }
    self.init(ContiguousArray(data))
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let string = String(validating: content, as: UTF8.self) {
      try container.encode(string)
    } else {
      try container.encode(Encoded(base64: Data(content).base64EncodedString()))
    }
  }
}
