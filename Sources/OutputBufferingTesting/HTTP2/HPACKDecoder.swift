/// Decodes the field sections of one connection (RFC 7541).
struct HPACKDecoder {
  private var dynamicTable: [WireField] = []
  private var dynamicByteCount = 0
  private var dynamicByteLimit = 4096
  private var bytes: ArraySlice<UInt8> = []

  init() {}

  mutating func decode(_ section: [UInt8]) throws -> [WireField] {
    bytes = section[...]
    var fields: [WireField] = []
    while let first = bytes.first {
      if first & 0x80 != 0 {
        fields.append(try entry(at: try integer(prefix: 7)))
      } else if first & 0xC0 == 0x40 {
        let field = try literal(prefix: 6)
        insert(field)
        fields.append(field)
      } else if first & 0xE0 == 0x20 {
        dynamicByteLimit = try integer(prefix: 5)
        evict()
      } else {
        fields.append(try literal(prefix: 4))
      }
    }
    return fields
  }

  /// Encodes a request's field section as literals without indexing and without Huffman codes.
  static func encode(_ fields: [WireField]) -> [UInt8] {
    fields.flatMap { field in
      [0] + string(Array(field.name.lowercased().utf8)) + string(field.value)
    }
  }

  private static func string(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count >= 127 else { return [UInt8(bytes.count)] + bytes }
    var length: [UInt8] = [127]
    var rest = bytes.count - 127
    while rest >= 128 {
      length.append(UInt8(rest & 127) | 128)
      rest >>= 7
    }
    return length + [UInt8(rest)] + bytes
  }

  private mutating func insert(_ field: WireField) {
    dynamicTable.insert(field, at: 0)
    dynamicByteCount += Self.byteCount(field)
    evict()
  }

  private mutating func evict() {
    while dynamicByteCount > dynamicByteLimit, let last = dynamicTable.popLast() {
      dynamicByteCount -= Self.byteCount(last)
    }
  }

  private static func byteCount(_ field: WireField) -> Int {
    field.name.utf8.count + field.value.count + 32
  }

  private func entry(at index: Int) throws -> WireField {
    let fields = HPACKTables.fields
    if (1...fields.count).contains(index) { return fields[index - 1] }
    guard dynamicTable.indices.contains(index - fields.count - 1) else {
      throw WireFailure(description: "HPACK: no entry \(index)")
    }
    return dynamicTable[index - fields.count - 1]
  }

  private mutating func literal(prefix: Int) throws -> WireField {
    let index = try integer(prefix: prefix)
    let name =
      index == 0 ? String(decoding: try string(), as: UTF8.self) : try entry(at: index).name
    return WireField(name, try string())
  }

  private mutating func integer(prefix: Int) throws -> Int {
    let mask = UInt8((1 << prefix) - 1)
    var value = Int(try next() & mask)
    guard value == Int(mask) else { return value }
    var shift = 0
    while true {
      let byte = try next()
      guard shift < 28 else { throw WireFailure(description: "HPACK: a number too large") }
      value += Int(byte & 127) << shift
      shift += 7
      if byte & 128 == 0 { return value }
    }
  }

  private mutating func string() throws -> [UInt8] {
    let isHuffman = (bytes.first ?? 0) & 128 != 0
    let count = try integer(prefix: 7)
    guard bytes.count >= count else {
      throw WireFailure(description: "HPACK: a string is truncated")
    }
    let part = bytes.prefix(count)
    bytes.removeFirst(count)
    return isHuffman ? try Self.decodeHuffman(part) : Array(part)
  }

  private static func decodeHuffman(_ part: ArraySlice<UInt8>) throws -> [UInt8] {
    var text: [UInt8] = []
    var code: UInt32 = 0
    var length = 0
    for byte in part {
      for shift in stride(from: 7, through: 0, by: -1) {
        code = code << 1 | UInt32(byte >> UInt8(shift)) & 1
        length += 1
        if let symbol = HPACKTables.huffman[length]?[code] {
          guard symbol != HPACKTables.endOfString else {
            throw WireFailure(description: "HPACK: a string contains the end-of-string symbol")
          }
          text.append(UInt8(symbol))
          (code, length) = (0, 0)
        }
        guard length < 31 else { throw WireFailure(description: "HPACK: no such code") }
      }
    }
    return text
  }

  private mutating func next() throws -> UInt8 {
    guard let byte = bytes.popFirst() else {
      throw WireFailure(description: "HPACK: a field section is cut off")
    }
    return byte
  }
}
