#if Conformance
  import Foundation
  import HTTPTypes
  import NIOCore

  extension Script.Operation {
    /// The bytes of a `write`.
    var content: ContiguousArray<UInt8> {
      if let text { return ContiguousArray(text.utf8) }
      if let base64 { return ContiguousArray(Data(base64Encoded: base64) ?? Data()) }
      if let random { return .incompressible(random) }
      if let html { return .html(html) }
      return []
    }
  }

  extension Script.Operation {
    /// The fields that an operation lists, followed by those that it counts.
    var fields: HTTPFields {
      var fields = HTTPFields(headers ?? [])
      fields.add(numberedFields)
      return fields
    }

    /// The number of fields that the operation specifies, with one shared name or numbered names.
    var numberedFields: some Sequence<HTTPField> {
      (0..<max(count ?? 0, 0)).lazy.compactMap { [name] number in
        HTTPField.Name(name ?? "X-\(number)").map { HTTPField(name: $0, value: "y") }
      }
    }

    /// Returns the text repeated as often as the operation specifies.
    func repeated(_ text: String) -> String {
      String(repeating: text, count: max(`repeat` ?? 1, 0))
    }
  }

  extension ContiguousArray<UInt8> {
    /// Returns incompressible bytes that are the same in every run, from xorshift64.
    static func incompressible(_ byteCount: Int) -> Self {
      var state: UInt64 = 0x9E37_79B9_7F4A_7C15
      return Self(
        (0..<Swift.max(byteCount, 0)).lazy.map { _ in
          state ^= state << 13
          state ^= state >> 7
          state ^= state << 17
          return UInt8(truncatingIfNeeded: state >> 32)
        })
    }

    /// Returns a compressible page that is the same in every run.
    static func html(_ byteCount: Int) -> Self {
      let unit = Array("<p>The quick brown fox jumps over the lazy dog.</p>\n".utf8)
      let (count, rest) = Swift.max(byteCount, 0).quotientAndRemainder(dividingBy: unit.count)
      var page = Self()
      page.reserveCapacity(Swift.max(byteCount, 0))
      for _ in 0..<count { page += unit }
      return page + unit.prefix(rest)
    }
  }

  /// An open file that is deleted when it is no longer used.
  final class TemporaryFile {
    let region: FileRegion

    init(byteCount: Int) throws {
      let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
      try Data(ContiguousArray<UInt8>.html(byteCount)).write(to: url)
      defer { try? FileManager.default.removeItem(at: url) }
      region = try FileRegion(fileHandle: NIOFileHandle(_deprecatedPath: url.path))
    }

    deinit {
      try? region.fileHandle.close()
    }
  }
#endif
