public import HTTPContentCoding

/// The laws of `ContentEncoder`, checked for any encoder with the help of a decoder.
///
/// Run every check in the tests of an encoder. The checks don't depend on a coding or a test
/// framework: a violated law throws a ``Violation``, which fails the calling test.
///
/// ```swift
/// let laws = ContentEncoderLaws(
///   makeEncoder: { RunEncoder(coding) },
///   makeDecoder: { RunDecoder() })
/// try laws.checkEverySplit(of: [0, 0, 0, 7, 255, 0, 0, 0, 7])
/// ```
public struct ContentEncoderLaws {
  /// A violated law.
  public struct Violation: Error, CustomStringConvertible {
    /// The number of the law, as in the documentation of `ContentEncoder`, and what was observed.
    public var description: String
  }

  /// One call to an encoder.
  public struct Step {
    /// The bytes to encode.
    public var input: ContiguousArray<UInt8>
    /// How much of the output must be appended.
    public var flush: EncoderFlush

    /// Creates a call.
    ///
    /// - Parameters:
    ///   - input: The bytes to encode.
    ///   - flush: How much of the output must be appended.
    public init(input: ContiguousArray<UInt8>, flush: EncoderFlush) {
      self.input = input
      self.flush = flush
    }
  }

  /// Creates an encoder to check.
  public var makeEncoder: () throws -> any ContentEncoder
  /// Creates a decoder for one member.
  public var makeDecoder: () throws -> any StreamingDecoder

  /// Creates the checks.
  ///
  /// - Parameters:
  ///   - makeEncoder: Creates an encoder to check.
  ///   - makeDecoder: Creates a decoder for one member.
  public init(
    makeEncoder: @escaping () throws -> any ContentEncoder,
    makeDecoder: @escaping () throws -> any StreamingDecoder
  ) {
    self.makeEncoder = makeEncoder
    self.makeDecoder = makeDecoder
  }

  /// Checks laws 1, 2, 3 and 4 for one division of an input into calls; a `finish` is added.
  ///
  /// - Parameters:
  ///   - steps: The calls.
  ///   - encoder: The encoder in its initial state; nil to create one.
  /// - Returns: The member.
  /// - Throws: A ``Violation``, or any error from the encoder or the decoder.
  @discardableResult
  public func checkMember(
    _ steps: [Step], with encoder: (any ContentEncoder)? = nil
  ) throws -> ContiguousArray<UInt8> {
    let encoder = try encoder ?? makeEncoder()
    let decoder = try makeDecoder()
    var encoded: ContiguousArray<UInt8> = []
    var pending: ContiguousArray<UInt8> = []
    var isSynchronized = true
    for step in steps + [Step(input: [], flush: .finish)] {
      var output: ContiguousArray<UInt8> = [0xAA]
      try encoder.encode(step.input.span, flush: step.flush, into: &output)
      try require(output.first == 0xAA, "earlier bytes of the output were changed")
      output.removeFirst()
      encoded += output
      let decoded = try decoder.decode(output)
      pending += step.input
      try require(
        pending.prefix(decoded.count) == decoded[...], "1: decoded bytes are not those encoded")
      pending.removeFirst(decoded.count)
      if isSynchronized, step.input.isEmpty, step.flush == .sync {
        try require(output.isEmpty, "3: a sync flush with nothing new wrote \(output.count) bytes")
      }
      isSynchronized = step.flush == .sync || (isSynchronized && step.input.isEmpty)
      if isSynchronized {
        try require(pending.isEmpty, "2: \(pending.count) bytes held back")
      }
      try require(decoder.isAtEnd == (step.flush == .finish), "4: the member's end is misplaced")
    }
    try require(pending.isEmpty, "1: \(pending.count) bytes lost")
    return encoded
  }

  /// Checks laws 1, 2 and 4 for every division of a short input into pieces, with every flush.
  ///
  /// - Parameter input: The bytes to encode. It should be short: n bytes have 2^n divisions.
  /// - Throws: A ``Violation``, or any error from the encoder or the decoder.
  public func checkEverySplit(of input: ContiguousArray<UInt8>) throws {
    let encoder = try makeEncoder()
    for cuts in 0..<(1 << max(0, input.count - 1)) {
      for flush in [EncoderFlush.none, .sync] {
        var steps: [Step] = []
        var piece: ContiguousArray<UInt8> = []
        for (index, byte) in input.enumerated() {
          piece.append(byte)
          if cuts & (1 << index) != 0 {
            steps.append(Step(input: piece, flush: flush))
            piece = []
          }
        }
        steps.append(Step(input: piece, flush: .none))
        try checkMember(steps, with: encoder)
        try encoder.reset()
      }
    }
  }

  /// Checks law 3 for repeated flushes at every position.
  ///
  /// - Parameter input: The bytes to encode.
  /// - Throws: A ``Violation``, or any error from the encoder or the decoder.
  public func checkRepeatedSync(_ input: ContiguousArray<UInt8>) throws {
    let sync = Step(input: [], flush: .sync)
    let nothing = Step(input: [], flush: .none)
    let more = Step(input: input, flush: .none)
    try checkMember([sync, sync])
    try checkMember([more, sync, sync, sync])
    try checkMember([sync, more, sync, nothing, sync, more, sync, sync, more])
    try checkMember([Step(input: input, flush: .sync), sync, more])
  }

  /// Checks law 5: after the end the encoder throws until it is reset.
  ///
  /// - Parameter input: The bytes to encode.
  /// - Throws: A ``Violation``, or any error from the encoder or the decoder.
  public func checkFinished(_ input: ContiguousArray<UInt8>) throws {
    let encoder = try makeEncoder()
    var output: ContiguousArray<UInt8> = []
    try encoder.encode(input.span, flush: .finish, into: &output)
    let member = output
    for flush in [EncoderFlush.none, .sync, .finish] {
      for input in [input, []] {
        var code: ContentEncoderError.Code?
        do throws(ContentEncoderError) {
          try encoder.encode(input.span, flush: flush, into: &output)
        } catch {
          code = error.code
        }
        try require(
          code == .invalidState, "5: encoding after the end threw \(code, default: "nothing")")
        try require(output == member, "6: a call that threw wrote something")
      }
    }
    try encoder.reset()
    try checkMember([Step(input: input, flush: .sync)], with: encoder)
  }

  /// Checks law 7: after a reset an encoder writes what a new one would.
  ///
  /// - Parameter input: The bytes to encode.
  /// - Throws: A ``Violation``, or any error from the encoder or the decoder.
  public func checkReset(_ input: ContiguousArray<UInt8>) throws {
    let steps = [Step(input: input, flush: .sync), Step(input: input, flush: .none)]
    let expected = try checkMember(steps)
    let histories: [[Step]] = [
      [], [Step(input: [], flush: .sync)], [Step(input: input, flush: .none)],
      [Step(input: input, flush: .sync)], [Step(input: [], flush: .finish)],
      [Step(input: input, flush: .sync), Step(input: input, flush: .none)],
      [Step(input: input, flush: .none), Step(input: input, flush: .finish)],
    ]
    let encoder = try makeEncoder()
    for history in histories {
      var output: ContiguousArray<UInt8> = []
      for step in history {
        try encoder.encode(step.input.span, flush: step.flush, into: &output)
      }
      try encoder.reset()
      try encoder.reset()
      let member = try checkMember(steps, with: encoder)
      try require(member == expected, "7: output after a reset differs")
      try encoder.reset()
    }
  }

  /// Checks law 8: another encoder resumes the member after every sync flush.
  ///
  /// - Parameter pieces: The bytes to encode, with a sync flush after each piece.
  /// - Returns: How often the encoder suspended its member; 0 if it doesn't support suspension.
  /// - Throws: A ``Violation``, or any error from the encoder or the decoder.
  @discardableResult
  public func checkSuspension(_ pieces: [ContiguousArray<UInt8>]) throws -> Int {
    var (encoder, other) = (try makeEncoder(), try makeEncoder())
    let decoder = try makeDecoder()
    var count = 0
    for (index, piece) in pieces.enumerated() {
      var output: ContiguousArray<UInt8> = []
      let isLast = index == pieces.count - 1
      try encoder.encode(piece.span, flush: isLast ? .finish : .sync, into: &output)
      try require(try decoder.decode(output) == piece, "8: the decoded bytes differ from the input")
      try require(decoder.isAtEnd == isLast, "8: the member's end is misplaced")
      guard !isLast, let member = encoder.suspend() else { continue }
      count += 1
      // A member in between must leave no trace.
      try encoder.reset()
      try checkMember([Step(input: piece, flush: .sync)], with: encoder)
      try encoder.reset()
      try other.resume(member)
      output = []
      try other.encode(Span(), flush: .sync, into: &output)
      try require(output.isEmpty, "8: a sync flush with nothing new wrote \(output.count) bytes")
      swap(&encoder, &other)
    }
    return count
  }

  /// Checks law 9 for every description of a body, and after every description of the previous one.
  ///
  /// - Parameter input: The bytes to encode.
  /// - Throws: A ``Violation``, or any error from the encoder or the decoder.
  public func checkBegin(_ input: ContiguousArray<UInt8>) throws {
    let steps = [Step(input: input, flush: .sync), Step(input: input, flush: .none)]
    let encoder = try makeEncoder()
    for kind in [BodyDescription.Kind.text, .font, .other] {
      for byteCount in [nil, 2 * input.count] {
        try encoder.begin(BodyDescription(byteCount: byteCount, kind: kind))
        try checkMember(steps, with: encoder)
        try encoder.reset()
        // Abandon a member before its first bytes and after some of them.
        for begun in [[], input] as [ContiguousArray<UInt8>] {
          try encoder.begin(BodyDescription(byteCount: input.count + 1, kind: kind))
          var output: ContiguousArray<UInt8> = []
          try encoder.encode(begun.span, flush: .none, into: &output)
          try encoder.reset()
          try checkMember(steps, with: encoder)
          try encoder.reset()
        }
      }
    }
    // A declared length that the body doesn't have.
    for byteCount in [input.count + 1, max(input.count - 1, 0)] {
      try encoder.begin(BodyDescription(byteCount: byteCount))
      var output: ContiguousArray<UInt8> = []
      do {
        try encoder.encode(input.span, flush: .sync, into: &output)
        try encoder.encode(Span(), flush: .finish, into: &output)
        let decoder = try makeDecoder()
        try require(
          try decoder.decode(output) == input, "9: the decoded bytes differ from the input")
        try require(decoder.isAtEnd, "9: the member has no end")
      } catch is ContentEncoderError {
      }
      try encoder.reset()
    }
    try checkMember(steps, with: encoder)
  }

  /// Checks laws 1, 4 and 7 for a whole body in a single call, with and without a declared length.
  ///
  /// - Parameter input: The bytes to encode.
  /// - Returns: The member with a declared length.
  /// - Throws: A ``Violation``, or any error from the encoder or the decoder.
  @discardableResult
  public func checkWhole(_ input: ContiguousArray<UInt8>) throws -> ContiguousArray<UInt8> {
    let encoder = try makeEncoder()
    try require(encoder.wholeBodyLimit >= 0, "the limit of whole bodies is negative")
    var members: [ContiguousArray<UInt8>] = []
    for isTold in [false, true, true] {
      if isTold { try encoder.begin(BodyDescription(byteCount: input.count, kind: .text)) }
      var output: ContiguousArray<UInt8> = [0xAA]
      try encoder.encode(input.span, flush: .finish, into: &output)
      try require(output.first == 0xAA, "earlier bytes of the output were changed")
      output.removeFirst()
      let decoder = try makeDecoder()
      try require(try decoder.decode(output) == input, "1: decoded bytes are not those encoded")
      try require(decoder.isAtEnd, "4: the member has no end")
      members.append(output)
      try encoder.reset()
    }
    try require(members[1] == members[2], "7: the same body gives other bytes after a reset")
    return members[2]
  }

  /// Checks laws 1 to 4 and 7 for a random sequence of calls on one encoder.
  ///
  /// - Parameter generator: The source of randomness; a seeded one makes failures reproducible.
  /// - Throws: A ``Violation``, or any error from the encoder or the decoder.
  public func checkRandom(using generator: inout some RandomNumberGenerator) throws {
    let encoder = try makeEncoder()
    for _ in 0..<4 {
      var steps: [Step] = []
      for _ in 0..<Int.random(in: 0...12, using: &generator) {
        let limit = [0, 1, 40, 5000, 70_000].randomElement(using: &generator) ?? 0
        let count = Int.random(in: 0...limit, using: &generator)
        let alphabet = UInt8.random(in: 0...255, using: &generator)
        let input = (0..<count).map { _ in UInt8.random(in: 0...alphabet, using: &generator) }
        let flush: EncoderFlush = Bool.random(using: &generator) ? .sync : .none
        steps.append(Step(input: ContiguousArray(input), flush: flush))
      }
      try checkMember(steps, with: encoder)
      try encoder.reset()
    }
  }

  private func require(_ condition: Bool, _ law: @autoclosure () -> String) throws {
    if !condition { throw Violation(description: law()) }
  }
}
