import Foundation

extension ConformanceCase {
  /// The case of a line, and the same case for each coding that it names beside gzip.
  ///
  /// - Parameter line: A line of JSON; the word gzip in it stands for the coding.
  /// - Returns: The cases.
  /// - Throws: When the line isn't a case.
  static func variants(of line: Substring) throws -> [ConformanceCase] {
    let original = try JSONDecoder().decode(ConformanceCase.self, from: Data(line.utf8))
    return try [original]
      + original.codings.map { coding in
        let text = line.replacing(/\bgzip\b/, with: coding)
        var variant = try JSONDecoder().decode(ConformanceCase.self, from: Data(text.utf8))
        variant.adopt(coding)
        return variant
      }
  }

  /// Becomes the case of a coding, the only one on offer, in what the line leaves to the defaults.
  private mutating func adopt(_ coding: String) {
    id += "/\(coding)"
    title += ", \(coding)"
    if !options.contains("--offer") { options += ["--offer", coding] }
    for index in exchanges.indices
    where exchanges[index].request.fields.map(\.text) == ["gzip"] {
      exchanges[index].request.fields = [WireField("Accept-Encoding", coding)]
    }
  }
}
