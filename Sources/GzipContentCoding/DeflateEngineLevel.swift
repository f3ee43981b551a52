import HTTPContentCoding

/// An engine and a level of its own.
enum DeflateEngineLevel: Hashable, Sendable {
  case zlib(CompressionLevel)
  #if Libdeflate
    /// Bodies in pieces are zlib's.
    case libdeflate(Int, pieces: CompressionLevel)
  #endif
  #if ISAL
    case isal(Int)
  #endif

  /// The level of a stream.
  ///
  /// - Parameters:
  ///   - level: What was asked for.
  ///   - engine: The engine that is pinned; nil for the cheapest one at the level's size.
  /// - Returns: The engine and its own level.
  static func stream(_ level: CompressionLevel, _ engine: DeflateEngine?) -> Self {
    guard level != .stored else { return .zlib(level) }
    #if ISAL
      if engine == .isal { return .isal(level.isalLevel ?? CompressionLevel.highestISALLevel) }
      if engine == nil, let own = level.isalLevel { return .isal(own) }
    #endif
    return .zlib(level)
  }

  /// The level of a whole body: see ``stream(_:_:)``.
  static func whole(_ level: CompressionLevel, _ engine: DeflateEngine?) -> Self {
    let streamed = stream(level, engine)
    #if Libdeflate
      if case .zlib = streamed, engine != .zlib, level != .stored {
        return .libdeflate(level.libdeflateLevel, pieces: level)
      }
    #endif
    return streamed
  }

  /// The level of a pool for bodies of both kinds: that of streams, unless whole bodies have the pinned engine.
  static func either(_ level: CompressionLevel, _ engine: DeflateEngine?) -> Self {
    engine == nil ? stream(level, engine) : whole(level, engine)
  }

  /// Makes an encoder.
  ///
  /// - Parameters:
  ///   - format: What stands around the data.
  ///   - level: The level that was asked for, which the header tells.
  /// - Returns: The encoder, to which nothing else refers.
  /// - Throws: ``ContentEncoderError`` where there is no memory for its state.
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
        return DeflateEncoder(format, level: level, stream: ISALStream(level: own))
    #endif
    }
  }
}

// What `make bench-engines` has found: for each level the cheapest one of an engine whose output is no larger than
// zlib's in the median, and of no body larger by more than 5 %. `make bench-engines` prints the table anew, with
// what each level costs; the tests check the sizes.
extension CompressionLevel {
  /// libdeflate's level of the same size; this level is 1 or higher.
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

  /// ISA-L's level of the same size; nil where it has none.
  var isalLevel: Int? { 1...2 ~= rawValue ? rawValue : nil }

  /// The level of ISA-L with the smallest output.
  static let highestISALLevel = 3
}
