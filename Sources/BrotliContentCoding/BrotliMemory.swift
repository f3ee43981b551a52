#if Brotli
  import COutputBufferingBrotli

  /// The memory of one encoder's states, one after the other.
  ///
  /// Brotli's state can't be reset: each body takes a new one, with tables of a megabyte and more. What a state
  /// has freed is kept here for the next, up to a limit, so that a body costs neither the system's calls nor
  /// its clean pages.
  ///
  /// It is used from one place at a time, as the encoder is. This file and `BrotliStream.swift` are the only
  /// ones with `unsafe` in them. What makes it safe: a block is handed out to brotli alone, which gives it back
  /// at most once, or is in `idle`; its size stands in front of it.
  @safe
  final class BrotliMemory {
    @safe
    private struct Block {
      let start: UnsafeMutableRawPointer
      /// Without the header, in bytes.
      let byteCount: Int
    }

    /// How much is kept between two bodies, in bytes.
    static let idleByteLimit = 4 * 1024 * 1024

    /// Smaller blocks are the system's own affair, in bytes.
    private static let leastKeptByteCount = 4096

    /// The size of a block, in as many bytes as keep the alignment of `malloc`.
    private static let headerByteCount = 16

    private var idle: [Block] = []
    private var idleByteCount = 0
    private var lentByteCount = 0

    /// Whether the system has refused memory.
    private(set) var hasFailed = false

    /// How much there is, lent and idle, in bytes.
    var byteCount: Int { lentByteCount + idleByteCount }

    deinit {
      for block in idle { unsafe free(block.start) }
    }

    /// Lends memory.
    ///
    /// - Returns: As many bytes as asked for at least, not initialized; nil if there are none.
    func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer? {
      guard byteCount <= Int.max / 2 else {
        hasFailed = true
        return nil
      }
      // Sizes depend on the length of a body: rounded up they are those of another one as well.
      let isKept = byteCount >= Self.leastKeptByteCount
      let size = isKept ? byteCount.roundedUpToQuarter : byteCount
      var found: UnsafeMutableRawPointer?
      if isKept, let index = idle.lastIndex(where: { $0.byteCount == size }) {
        unsafe found = idle.remove(at: index).start
        idleByteCount -= size
      } else {
        unsafe found = malloc(size + Self.headerByteCount)
      }
      guard let start = unsafe found else {
        hasFailed = true
        return nil
      }
      lentByteCount += size
      unsafe start.storeBytes(of: size, as: Int.self)
      return unsafe start + Self.headerByteCount
    }

    /// Takes memory back.
    func deallocate(_ address: UnsafeMutableRawPointer) {
      let start = unsafe address - Self.headerByteCount
      let size = unsafe start.load(as: Int.self)
      lentByteCount -= size
      guard size >= Self.leastKeptByteCount, idleByteCount + size <= Self.idleByteLimit else {
        unsafe free(start)
        return
      }
      unsafe idle.append(Block(start: start, byteCount: size))
      idleByteCount += size
    }
  }

  extension Int {
    /// The least number of four significant steps to a power of two that is no less; of numbers from 4 up to
    /// half of all.
    fileprivate var roundedUpToQuarter: Int {
      let step = 1 << (Int.bitWidth - 3 - leadingZeroBitCount)
      return (self + step - 1) & ~(step - 1)
    }
  }
#endif
