import OutputBuffering

/// The parsed template of the `format` handler.
struct Template {
  private enum Piece {
    case literal(UInt8)
    case input
    case invocation
    case length
    case mode
    case text(ArraySlice<UInt8>, if: OutputPhase)
  }

  private var pieces: [Piece] = []

  init(_ template: ContiguousArray<UInt8>) {
    var rest = Array(template)[...]
    while let byte = rest.first {
      if byte == UInt8(ascii: "{"), let end = rest.firstIndex(of: UInt8(ascii: "}")),
        let piece = Self.piece(rest[rest.startIndex + 1..<end])
      {
        pieces.append(piece)
        rest = rest[(end + 1)...]
      } else {
        pieces.append(.literal(byte))
        rest.removeFirst()
      }
    }
  }

  private static func piece(_ name: ArraySlice<UInt8>) -> Piece? {
    if name.elementsEqual("input".utf8) { return .input }
    if name.elementsEqual("n".utf8) { return .invocation }
    if name.elementsEqual("len".utf8) { return .length }
    if name.elementsEqual("mode".utf8) { return .mode }
    let phases: [(String, OutputPhase)] = [
      ("start:", .start), ("clean:", .clean), ("flush:", .flush), ("final:", .final),
    ]
    for (prefix, phase) in phases where name.starts(with: prefix.utf8) {
      return .text(name.dropFirst(prefix.utf8.count), if: phase)
    }
    return nil
  }

  /// Appends the template with its placeholders replaced by their values.
  func append(
    to output: inout ContiguousArray<UInt8>,
    _ input: Span<UInt8>,
    _ phase: OutputPhase,
    invocation: Int
  ) {
    for piece in pieces {
      switch piece {
      case .literal(let byte): output.append(byte)
      case .input: output.append(copying: input)
      case .invocation: output.append(contentsOf: "\(invocation)".utf8)
      case .length: output.append(contentsOf: "\(input.count)".utf8)
      case .mode: output.append(contentsOf: "\(phase.rawValue)".utf8)
      case .text(let text, let condition):
        if phase.contains(condition) { output.append(contentsOf: text) }
      }
    }
  }
}
