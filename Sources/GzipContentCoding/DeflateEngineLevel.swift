import HTTPContentCoding

/// An engine with its own level.
enum DeflateEngineLevel: Hashable, Sendable {
  case zlib(CompressionLevel)
  #if Libdeflate
    /// Bodies in pieces use zlib.
    case libdeflate(Int, pieces: CompressionLevel)
  #endif
  #if ISAL
    case isal(Int)
  #endif

  /// Returns the engine and level for a stream.
  ///
  /// - Parameters:
  ///   - level: The requested level.
  ///   - engine: The pinned engine; nil for the cheapest one at the level's size.
  /// - Returns: The engine with its own level.
  static func stream(_ level: CompressionLevel, _ engine: DeflateEngine?) -> Self {
    guard level != .stored else { return .zlib(level) }
    #if ISAL
      if engine == .isal { return .isal(level.isalLevel ?? CompressionLevel.highestISALLevel) }
      if engine == nil, let own = level.isalLevel { return .isal(own) }
    #endif
    return .zlib(level)
  }

  /// Returns the engine and level for a whole body: see ``stream(_:_:)``.
  static func whole(_ level: CompressionLevel, _ engine: DeflateEngine?) -> Self {
    let streamed = stream(level, engine)
    #if Libdeflate
      if case .zlib = streamed, engine != .zlib, level != .stored {
        return .libdeflate(level.libdeflateLevel, pieces: level)
      }
    #endif
    return streamed
  }

  /// Returns the engine and level for both kinds of bodies: those for streams, unless the pinned
  /// engine takes whole bodies.
  static func either(_ level: CompressionLevel, _ engine: DeflateEngine?) -> Self {
    engine == nil ? stream(level, engine) : whole(level, engine)
  }

  /// Creates an encoder.
  ///
  /// - Parameters:
  ///   - format: The format of the container.
  ///   - level: The requested level, which the header states.
  /// - Returns: The encoder, to which nothing else refers.
  /// - Throws: ``ContentEncoderError`` if there is no memory for its state.
  func makeEncoder(
    _ format: DeflateFormat, level: CompressionLevel
  ) throws(ContentEncoderError) -> sending any ContentEncoder {
    switch self {
    case .zlib(let own):
      return DeflateEncoder(format, level: level, stream: try DeflateStream(level: own))
    #if Libdeflate
      case .libdeflate(let own, let pieces):
        return DeflateEncoder(
          format, level: level, stream: try LibdeflateStream(level: own, piecesLevel: pieces))
    #endif
    #if ISAL
      case .isal(let own):
        return DeflateEncoder(format, level: level, stream: try ISALStream(level: own))
    #endif
    }
  }
}

// The results of `make bench-engines`: for each level the engine's cheapest level whose output is
// no larger than zlib's in the median, and larger by at most 5 % for any body. `make bench-engines`
// prints this table with the cost of each level; tests check the sizes.
extension CompressionLevel {
  /// libdeflate's level with the same size; this level must be at least 1.
  var libdeflateLevel: Int {
    switch rawValue {
    case ...2: 1
    case 3: 2
    case 4: 3
    case 5: 5
    case 6: 6
    default: 7
    }
  }

  /// ISA-L's level with the same size; nil if there is none.
  var isalLevel: Int? { 1...2 ~= rawValue ? rawValue : nil }

  /// ISA-L's level with the smallest output.
  static let highestISALLevel = 3
}
