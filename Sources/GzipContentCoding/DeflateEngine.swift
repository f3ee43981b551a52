/// A library that compresses for gzip and deflate.
///
/// zlib is always available. The other engines exist only if their trait is enabled:
///
/// | engine | trait | whole bodies | streams | memory of an encoder |
/// |---|---|---|---|---|
/// | ``zlib`` | none | all levels | all levels | 260 KiB |
/// | `libdeflate` | `Libdeflate` | all levels | by zlib | 200 KiB at level 1 and 2, 660 KiB above |
/// | `isal` | `ISAL` | all levels | all levels | 170 to 230 KiB |
///
/// A whole body is one that is known before its first byte is sent. Without a pinned engine, each
/// level uses the cheapest engine at the level's size: for whole bodies ISA-L at levels 1 and 2 and
/// libdeflate above, for streams ISA-L at levels 1 and 2 and zlib above. Level 0 doesn't compress
/// and always uses zlib.
///
/// A ``CompressionLevel`` stands for a size: over the samples of `OutputBufferingTesting`, the
/// median output at each level is no larger than zlib's at that level, and no single body is larger
/// by more than 5 %. A pinned `isal` is the exception: its output can't match zlib's from level 3
/// on, so it uses its highest level.
///
/// The same engine gives the same bytes for the same whole body on the same kind of processor; ISA-L
/// has different code for different processors. The bytes of a stream may also depend on how it was
/// divided into writes.
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

  /// The system's zlib.
  public static let zlib = DeflateEngine(.zlib)

  #if Libdeflate
    /// libdeflate for whole bodies, with zlib for streams.
    public static let libdeflate = DeflateEngine(.libdeflate)
  #endif

  #if ISAL
    /// Intel's ISA-L, the fastest engine, with the largest output.
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

  /// Finds an engine by its name, for example from a configuration.
  ///
  /// - Parameter name: `zlib`, `libdeflate` or `isal`. The initializer fails for any other name,
  ///   and for an engine that isn't compiled in.
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
