/// A library that compresses for gzip and deflate.
///
/// zlib is always there. The others are for who turns their trait on, and only then they can be named:
///
/// | engine | trait | whole bodies | streams | memory of an encoder |
/// |---|---|---|---|---|
/// | ``zlib`` | none | all levels | all levels | 260 KiB |
/// | `libdeflate` | `Libdeflate` | all levels | by zlib | 200 KiB at level 1 and 2, 660 KiB above |
/// | `isal` | `ISAL` | all levels | all levels | 170 to 230 KiB |
///
/// A whole body is one that is known before its first byte leaves. Where no engine is pinned each level takes the
/// one that is cheapest at the level's size: of a whole body ISA-L at levels 1 and 2 and libdeflate above, of a
/// stream ISA-L at levels 1 and 2 and zlib above. Level 0 compresses nothing, and is zlib's.
///
/// A ``CompressionLevel`` means a size: over the samples of `OutputBufferingTesting` the output of no level is
/// larger than zlib's at that level in the median, and that of no body by more than 5 %. A pinned `isal` is the
/// exception: it has nothing as small as zlib's level 3 and does what it can.
///
/// The same body gives the same bytes by the same engine on the same kind of processor; ISA-L has other code for
/// other processors.
public struct DeflateEngine: Hashable, Sendable {
  enum Kind: String, Hashable, Sendable {
    case zlib
    case libdeflate
    case isal
  }

  let kind: Kind

  private init(_ kind: Kind) {
    self.kind = kind
  }

  /// zlib, the system's own.
  public static let zlib = DeflateEngine(.zlib)

  #if Libdeflate
    /// libdeflate, for whole bodies; streams go through zlib.
    public static let libdeflate = DeflateEngine(.libdeflate)
  #endif

  #if ISAL
    /// Intel's ISA-L, the fastest, with the largest output.
    public static let isal = DeflateEngine(.isal)
  #endif

  /// The engines that are compiled in.
  public static var available: [DeflateEngine] {
    var engines = [zlib]
    #if Libdeflate
      engines.append(libdeflate)
    #endif
    #if ISAL
      engines.append(isal)
    #endif
    return engines
  }

  /// Finds an engine by its name, as a configuration spells it.
  ///
  /// - Parameter name: `zlib`, `libdeflate` or `isal`. The initializer fails for any other name, and for an
  ///   engine that isn't compiled in.
  public init?(_ name: String) {
    guard let engine = Self.available.first(where: { $0.kind.rawValue == name }) else {
      return nil
    }
    self = engine
  }
}

extension DeflateEngine: CustomStringConvertible {
  /// The engine's name, such as `zlib`.
  public var description: String { kind.rawValue }
}
