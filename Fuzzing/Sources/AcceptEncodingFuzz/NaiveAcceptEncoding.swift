/// A simple parser of Accept-Encoding: it splits at commas, trims, and compares with the grammar.
///
/// https://www.rfc-editor.org/rfc/rfc9110.html#section-12.5.3
struct NaiveAcceptEncoding {
  private(set) var weights: [String: Int] = [:]
  private(set) var isPresent = false

  init(_ lines: [String]) {
    for line in lines {
      isPresent = true
      for member in Self.members(Array(line.utf8)) { read(member) }
    }
  }

  /// The weight of a coding in thousandths.
  func weight(_ coding: String) -> Int {
    if !isPresent { return 1000 }
    return weights[coding] ?? weights["*"] ?? (coding == "identity" ? 1 : 0)
  }

  private mutating func read(_ member: [UInt8]) {
    let token = member.prefix(while: Self.isTokenCharacter)
    if token.isEmpty { return }
    var name = String(decoding: token, as: UTF8.self).lowercased()
    if name == "x-gzip" { name = "gzip" }
    let weight = Self.weight(Self.trim(Array(member.dropFirst(token.count)))) ?? 0
    weights[name] = min(weights[name] ?? 1000, weight)
  }

  private static func weight(_ text: [UInt8]) -> Int? {
    if text.isEmpty { return 1000 }
    let parts = text.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
    guard parts[0].isEmpty, parts.count > 1 else { return nil }
    let parameters = parts.dropFirst().map { String(decoding: trim(Array($0)), as: UTF8.self) }
    let weight = parameters[0]
    guard weight.utf8.starts(with: "q=".utf8) || weight.utf8.starts(with: "Q=".utf8),
      parameters.dropFirst().allSatisfy(isParameter)
    else { return nil }
    return thousandths(String(decoding: weight.utf8.dropFirst(2), as: UTF8.self))
  }

  /// Whether it is `token [ "=" token ]` and not a weight.
  private static func isParameter(_ text: String) -> Bool {
    let sides = text.utf8.split(
      separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
    return sides.allSatisfy { !$0.isEmpty && $0.allSatisfy(isTokenCharacter) }
      && String(sides[0])?.lowercased() != "q"
  }

  /// The weight that a text represents.
  static func thousandths(_ text: String) -> Int? {
    let bytes = Array(text.utf8)
    guard (1...5).contains(bytes.count), let first = bytes.first, first == 0x30 || first == 0x31
    else { return nil }
    if bytes.count > 1, bytes[1] != UInt8(ascii: ".") { return nil }
    let digits = bytes.dropFirst(2)
    guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    if first == 0x31 { return digits.allSatisfy { $0 == 0x30 } ? 1000 : nil }
    let padded = digits.map { Int($0) - 0x30 } + [0, 0, 0]
    return padded[0] * 100 + padded[1] * 10 + padded[2]
  }

  /// Splits a list into members; a comma between quotes isn't a separator.
  static func members(_ line: [UInt8]) -> [[UInt8]] {
    var members: [[UInt8]] = [[]]
    var isQuoted = false
    var isEscaped = false
    for byte in line {
      if byte == UInt8(ascii: ","), !isQuoted {
        members.append([])
        continue
      }
      members[members.count - 1].append(byte)
      if isEscaped {
        isEscaped = false
      } else if isQuoted, byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isQuoted.toggle()
      }
    }
    return members.map(trim)
  }

  private static func trim(_ bytes: [UInt8]) -> [UInt8] {
    let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
    let start = Array(bytes.drop(while: isBlank))
    return Array(start.reversed().drop(while: isBlank).reversed())
  }

  static func isTokenCharacter(_ byte: UInt8) -> Bool {
    let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return "\(letters)0123456789!#$%&'*+-.^_`|~".utf8.contains(byte)
  }
}
