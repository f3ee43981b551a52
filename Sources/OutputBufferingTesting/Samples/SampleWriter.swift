/// Writes the text of a sample.
struct SampleWriter {
  private(set) var text = ""
  private var dice: SampleDice
  private var lineNumber = 0

  init(seed: UInt64) {
    dice = SampleDice(state: seed)
  }

  /// Writes the beginning of a document of the kind.
  mutating func begin(_ kind: SampleBody.Kind) {
    switch kind {
    case .table, .article:
      text += """
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><title>Orders</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <link rel="stylesheet" href="/style.css"><script src="/main.js" defer></script></head>
        <body>
        <nav><a href="/">Home</a> <a href="/orders">Orders</a> <a href="/about">About</a></nav>

        """
      if kind == .table { text += "<h1>Orders</h1>\n<table class=\"orders\">\n" }
    case .json: text += "{\"page\":1,\"items\":["
    case .css: text += ":root { --accent: #336699; --gap: 8px; }\n"
    case .javascript: text += "\"use strict\";\n"
    case .svg:
      text += """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 800">
        <style>path { fill: none; stroke: #246; stroke-width: 1.5 }</style>

        """
    case .csv: text += "time,station,temperature,humidity,pressure\n"
    case .log: break
    }
  }

  /// Writes the next part of a document of the kind.
  mutating func writePart(of kind: SampleBody.Kind) {
    lineNumber += 1
    switch kind {
    case .table: writeOrder()
    case .article: writeParagraph()
    case .json: writeItem()
    case .css: writeRule()
    case .javascript: writeFunction()
    case .svg: writePath()
    case .csv: writeMeasurement()
    case .log: writeRequest()
    }
  }

  private mutating func writeOrder() {
    let order = dice.number(in: 10_000...99_999)
    text += "<tr><td class=\"id\"><a href=\"/orders/\(order)\">\(words(3...12))</a></td>"
    text += "<td class=\"amount\">\(decimal(1...999, digits: 2))</td></tr>\n"
  }

  private mutating func writeParagraph() {
    if dice.number(in: 0...4) == 0 { text += "<h2>\(words(2...6))</h2>\n" }
    text += "<p>"
    for _ in 0..<dice.number(in: 2...7) {
      text += words(4...18)
      if dice.number(in: 0...3) == 0 {
        text += ", <a href=\"/\(words(1...1))/\(words(1...1))\">\(words(1...3))</a>"
      }
      text += ". "
    }
    text += "</p>\n"
  }

  private mutating func writeItem() {
    if lineNumber > 1 { text += "," }
    text += "{\"id\":\(dice.number(in: 1...9_999_999)),\"name\":\"\(words(1...4))\","
    text += "\"price\":\(decimal(1...500, digits: 2)),\"stock\":\(dice.number(in: 0...400)),"
    text += "\"tags\":[\"\(words(1...1))\",\"\(words(1...1))\"],"
    text += "\"active\":\(dice.number(in: 0...3) > 0),\"updatedAt\":\"\(time)\","
    text += "\"owner\":{\"id\":\"\(hex(16))\",\"name\":\"\(words(2...2))\"},\"note\":"
    text += dice.number(in: 0...2) == 0 ? "null}" : "\"\(words(3...15))\"}"
  }

  private mutating func writeRule() {
    let selectors = [".", "#", "nav > .", "main .", "ul li .", "a:hover .", "@media print { ."]
    let properties = [
      "margin: \(dice.number(in: 0...32))px", "padding: \(dice.number(in: 0...16))px 0",
      "color: #\(hex(6))", "background: #\(hex(6))", "display: flex", "display: none",
      "font-size: \(decimal(0...3, digits: 1))rem", "border: 1px solid var(--accent)",
      "width: \(dice.number(in: 1...100))%", "gap: var(--gap)", "position: absolute",
      "transition: opacity \(dice.number(in: 1...9) * 50)ms ease-in-out", "overflow: hidden",
    ]
    let selector = pick(selectors)
    text += "\(selector)\(words(1...1))-\(words(1...1)) {\n"
    for _ in 0..<dice.number(in: 1...6) { text += "  \(pick(properties));\n" }
    text += selector.hasPrefix("@") ? "} }\n" : "}\n"
  }

  private mutating func writeFunction() {
    let (name, first, second) = (words(1...1), words(1...1), words(1...1))
    text += "function \(name)\(lineNumber)(\(first), \(second)) {\n"
    let element = "document.querySelector(\".\(words(1...1))\")"
    for _ in 0..<dice.number(in: 1...6) {
      let statements = [
        "const \(words(1...1)) = \(first).map((item) => item.\(words(1...1)));",
        "if (!\(second)) { return \(dice.number(in: 0...99)); }",
        "\(element).addEventListener(\"click\", () => \(words(1...1))(\(first)));",
        "\(element).textContent = `${\(first)} \(words(2...6))`;",
        "for (let i = 0; i < \(second).length; i += 1) { \(first).push(\(second)[i]); }",
        "await fetch(\"/api/\(words(1...1))/\" + \(first), { method: \"POST\" });",
        "console.log(\"\(words(2...8))\", \(second));",
        "// \(words(4...12))",
      ]
      text += "  \(pick(statements))\n"
    }
    text += "  return \(first) + \(second);\n}\n\n"
  }

  private mutating func writePath() {
    text += "<path id=\"p\(lineNumber)\" d=\"M\(decimal(0...1000, digits: 1)) "
    text += "\(decimal(0...800, digits: 1))"
    for _ in 0..<dice.number(in: 2...14) {
      text += "c\(dice.number(in: -40...40)).\(dice.number(in: 0...9)) "
      text += "\(decimal(0...40, digits: 1)) \(dice.number(in: -40...40)) "
      text += "\(decimal(0...40, digits: 1)) \(decimal(0...40, digits: 1)) "
      text += "\(dice.number(in: -40...40))"
    }
    text += "\"/>\n"
  }

  private mutating func writeMeasurement() {
    text += "\(time),\(pick(["north", "south", "harbour", "airport", "mill"])),"
    text += "\(decimal(-9...31, digits: 1)),\(dice.number(in: 30...99)),"
    text += "\(decimal(980...1040, digits: 2))\n"
  }

  private mutating func writeRequest() {
    text += "\(time) \(pick(["INFO", "INFO", "INFO", "DEBUG", "WARN"])) [\(hex(8))] "
    text += "\(pick(["GET", "GET", "GET", "POST", "PUT"])) /\(words(1...1))/\(words(1...1)) "
    text += "\(pick(["200", "200", "200", "304", "404", "500"])) "
    text += "\(dice.number(in: 100...90_000)) \(decimal(0...400, digits: 3))ms\n"
  }

  // MARK: - Words and numbers

  private var time: String {
    mutating get {
      let (day, hour) = (dice.number(in: 10...28), dice.number(in: 10...23))
      let (minute, second) = (dice.number(in: 10...59), dice.number(in: 10...59))
      return "2026-0\(dice.number(in: 1...9))-\(day)T\(hour):\(minute):\(second)Z"
    }
  }

  private mutating func words(_ counts: ClosedRange<Int>) -> String {
    var text = ""
    for index in 0..<dice.number(in: counts) {
      if index > 0 { text += " " }
      text += SampleVocabulary.shared.word(&dice)
    }
    return text
  }

  private mutating func decimal(_ range: ClosedRange<Int>, digits: Int) -> String {
    var text = "\(dice.number(in: range))."
    for _ in 0..<digits { text += String(dice.number(in: 0...9)) }
    return text
  }

  private mutating func hex(_ digitCount: Int) -> String {
    var text = ""
    for _ in 0..<digitCount { text += String(dice.number(in: 0...15), radix: 16) }
    return text
  }

  private mutating func pick(_ texts: [String]) -> String {
    texts[dice.number(in: 0...(texts.count - 1))]
  }
}

/// A SplitMix64 generator, whose numbers are the same in every run.
struct SampleDice {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func number(in range: ClosedRange<Int>) -> Int {
    let count = UInt64(range.upperBound - range.lowerBound + 1)
    return range.lowerBound + Int(next().multipliedFullWidth(by: count).high)
  }
}

/// A few thousand words, of which the first ones make up most of any text.
struct SampleVocabulary: Sendable {
  static let shared = SampleVocabulary()

  private let words: [String]
  /// The cumulative frequencies of the words, relative to the last element.
  private let sums: [Int]

  private init() {
    let syllables = [
      "ka", "lo", "mi", "ter", "ran", "sol", "ven", "da", "pri", "con", "est", "or", "lum", "ne",
      "ra", "tis", "qua", "bel", "fo", "gri", "han", "jo", "ker", "mar", "nos", "pel", "que",
      "ri", "sta", "tur", "ul", "vo", "wen", "xi", "yor", "zan",
    ]
    var words = [
      "the", "of", "and", "to", "a", "in", "is", "that", "for", "it", "as", "was", "with", "be",
      "by", "on", "not", "he", "this", "are", "or", "his", "from", "at", "which", "but", "have",
      "an", "had", "they", "you", "were", "their", "one", "all", "we", "can", "her", "has",
      "there", "been", "if", "more", "when", "will", "would", "who", "so", "no",
    ]
    var dice = SampleDice(state: 1951)
    while words.count < 6000 {
      var word = ""
      for _ in 0..<[1, 2, 2, 3, 3, 4][dice.number(in: 0...5)] {
        word += syllables[dice.number(in: 0...(syllables.count - 1))]
      }
      words.append(word)
    }
    self.words = words
    var sum = 0
    // Zipf's law, flattened somewhat at its head.
    sums = words.indices.map { rank in
      sum += 10_000_000 / (rank + 8)
      return sum
    }
  }

  func word(_ dice: inout SampleDice) -> String {
    let value = dice.number(in: 0...((sums.last ?? 1) - 1))
    var (low, high) = (0, sums.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if sums[middle] > value { high = middle } else { low = middle + 1 }
    }
    return words[low]
  }
}
