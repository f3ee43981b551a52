#if Brotli
  import COutputBufferingBrotli

  /// The memory of one encoder, reused for its successive states.
  ///
  /// Brotli's state can't be reset: each body needs a new one, with tables of a megabyte and more.
  /// This keeps the freed memory of one state for the next, up to a limit, so that a body costs
  /// neither system calls nor page faults.
  ///
  /// One user at a time accesses it, like the encoder. This file and `BrotliStream.swift` are the
  /// only ones with `unsafe` code. It is safe because each block is either in `idle` or lent to
  /// brotli, which returns it at most once, and because a header before each block stores its size.
  @safe
  final class BrotliMemory {
    @safe
    private struct Block {
      let start: UnsafeMutableRawPointer
      /// Without the header, in bytes.
      let byteCount: Int
    }

    /// The maximum memory kept between two bodies, in bytes.
    static let idleByteLimit = 4 * 1024 * 1024

    /// The minimum size of a block that is kept, in bytes; smaller ones are left to the system.
    private static let leastKeptByteCount = 4096

    /// The size of the header that stores a block's size, padded to the alignment of `malloc`.
    private static let headerByteCount = 16

    private var idle: [Block] = []
    private var idleByteCount = 0
    private var lentByteCount = 0

    /// Whether an allocation has failed.
    private(set) var hasFailed = false

    /// The memory in use and idle, in bytes.
    var byteCount: Int { lentByteCount + idleByteCount }

    deinit {
      for block in idle { unsafe free(block.start) }
    }

    /// Allocates memory.
    ///
    /// - Returns: At least the requested number of bytes, uninitialized; nil if none is available.
    func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer? {
      guard byteCount <= Int.max / 2 else {
        hasFailed = true
        return nil
      }
      // Sizes depend on the length of a body; rounding up lets other bodies reuse the block.
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

    /// Deallocates memory.
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
    /// Rounds up to the next of four steps for each power of two, for numbers from 4 up to half of
    /// the largest.
    fileprivate var roundedUpToQuarter: Int {
      let step = 1 << (Int.bitWidth - 3 - leadingZeroBitCount)
      return (self + step - 1) & ~(step - 1)
    }
  }
#endif
