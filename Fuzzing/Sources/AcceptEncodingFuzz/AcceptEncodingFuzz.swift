import FuzzingSupport
import HTTPContentCoding
import HTTPTypes

/// Parses field values from arbitrary bytes, and decides about a response with them.
///
/// The first line of the input makes choices. Each further line is a field value; its first byte
/// selects the field of the response.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafeRawPointer, _ count: Int) -> CInt {
  var input = unsafe FuzzInput(start, count)
  let choices = ResponseChoices(&input)
  let lines = input.remainder().split(separator: 0x0A, omittingEmptySubsequences: false)
  let acceptLineCount = min(lines.count, choices.acceptLineCount)
  let accept = lines.prefix(acceptLineCount).map { String(decoding: $0, as: UTF8.self) }
  let acceptEncoding = AcceptEncoding(fieldValues: accept)
  checkAcceptEncoding(acceptEncoding, accept, choices.codings)
  checkLexical(accept.first ?? "")
  checkResponse(choices, acceptEncoding, lines.dropFirst(acceptLineCount))
  return 0
}

private let askedCodings = ["gzip", "deflate", "identity", "br", "zstd", "x-unknown"]

private func checkAcceptEncoding(
  _ acceptEncoding: AcceptEncoding, _ lines: [String], _ offered: [ContentCoding]
) {
  let naive = NaiveAcceptEncoding(lines)
  require(acceptEncoding.isFieldPresent == naive.isPresent, "presence")
  for name in askedCodings + naive.weights.keys where name != "*" {
    guard let coding = ContentCoding(name) else { fatalError("\(name) is a token") }
    let thousandths = acceptEncoding.quality(of: coding).thousandths
    require((0...1000).contains(thousandths), "a weight of \(thousandths)")
    require(
      thousandths == naive.weight(coding.name),
      "\(name) has \(thousandths), not \(naive.weight(coding.name))")
  }

  require(AcceptEncoding(fieldValues: lines.reversed()) == acceptEncoding, "order matters")
  require(
    AcceptEncoding(fieldValues: lines.map { swapCase($0) }) == acceptEncoding, "case matters")
  let isQuoted = lines.contains { $0.utf8.contains(UInt8(ascii: "\"")) }
  if !isQuoted, !lines.isEmpty {
    let joined = lines.joined(separator: ",")
    require(AcceptEncoding(fieldValues: [joined]) == acceptEncoding, "joining lines matters")
    let refusing = AcceptEncoding(fieldValues: [joined + ", gzip;q=0"])
    require(!refusing.quality(of: .gzip).isAcceptable, "gzip;q=0 in the line does not refuse")
  }
  let refusing = AcceptEncoding(fieldValues: lines + ["gzip;q=0"])
  require(!refusing.quality(of: .gzip).isAcceptable, "gzip;q=0 does not refuse")

  let identityQuality = acceptEncoding.quality(of: .identity)
  require(acceptEncoding.isIdentityAcceptable == identityQuality.isAcceptable, "identity")
  let qualities = offered.filter { $0 != .identity }.map(acceptEncoding.quality)
  let best = max(qualities.max() ?? .notAcceptable, identityQuality)
  guard let preferred = acceptEncoding.preferredCoding(among: offered) else {
    return require(!best.isAcceptable, "something acceptable was not preferred")
  }
  require(preferred == .identity || offered.contains(preferred), "preferred what is not offered")
  require(acceptEncoding.quality(of: preferred) == best, "preferred is not the best")
  require(best.isAcceptable, "preferred what is not acceptable")
  if preferred == .identity {
    require(!qualities.contains(identityQuality), "identity wins a tie")
  }
}

/// Swaps the case of ASCII letters.
private func swapCase(_ text: String) -> String {
  let bytes = text.utf8.map { byte in
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): byte ^ 0x20
    default: byte
    }
  }
  return String(decoding: bytes, as: UTF8.self)
}

/// Checks the parsers of single values: weights, codings, media types.
private func checkLexical(_ text: String) {
  let quality = QualityValue(text)
  require(
    quality?.thousandths == NaiveAcceptEncoding.thousandths(text), "the weight of \(text)")
  if let quality {
    require(QualityValue(quality.description) == quality, "\(quality) is not read back")
  }

  let coding = ContentCoding(text)
  let isToken = !text.isEmpty && text.utf8.allSatisfy(NaiveAcceptEncoding.isTokenCharacter)
  require((coding != nil) == isToken, "whether \(text) is a token")
  require(coding == ContentCoding(swapCase(text)), "a coding's case matters")
  if let coding { require(ContentCoding(coding.name) == coding, "\(coding) is not read back") }

  let isCompressible = MediaTypeSet.compressible.contains(text)
  require(isCompressible == MediaTypeSet.compressible.contains(swapCase(text)), "type's case")
  require(
    isCompressible == MediaTypeSet.compressible.contains(text + ";q=\"1"), "type's parameters")
  require(isCompressible == MediaTypeSet.compressible.contains(" \t" + text), "type's whitespace")
  if let pattern = MediaTypePattern(text) {
    require(MediaTypePattern(pattern.description) == pattern, "\(pattern) is not read back")
    require(MediaTypePattern(swapCase(text)) == pattern, "a pattern's case matters")
    let isExact = !text.utf8.contains(UInt8(ascii: "*"))
    if isExact { require(MediaTypeSet([pattern]).contains(text), "\(text) is not in its own set") }
  }
}
