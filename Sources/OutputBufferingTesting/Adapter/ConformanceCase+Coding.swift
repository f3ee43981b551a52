import Foundation

extension ConformanceCase {
  /// Returns the case of a line, and a copy for each additional coding that the line names.
  ///
  /// - Parameter line: A line of JSON; its word `gzip` stands for the coding.
  /// - Returns: The cases.
  /// - Throws: An error if the line isn't a case.
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

  /// Creates a coding the only one on offer, in everything that the line leaves at its defaults.
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
