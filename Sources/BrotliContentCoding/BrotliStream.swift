#if Brotli
  import COutputBufferingBrotli
  import HTTPContentCoding

  /// The content coding `br` (RFC 7932): a state of brotli's, created for each body because it can't
  /// be reset.
  ///
  /// This file is the only one that calls brotli. It is safe for these reasons:
  ///
  /// - A state is created and destroyed here, and only this noncopyable struct has the pointer. The
  ///   state's memory outlives it: `memory` is released after `deinit` has run.
  /// - `next_in` and `next_out` point into memory that is borrowed for one call, and brotli keeps
  ///   no pointer to it.
  @safe
  struct BrotliStream: LibraryStream, ~Copyable {
    static let coding = ContentCoding.brotli

    private let configuration: BrotliConfiguration
    private var state: OpaquePointer?
    private let memory = BrotliMemory()

    /// Input that waits until there is a block of it, at qualities 0 and 1.
    ///
    /// There brotli makes a block of its own, with its own codes, of whatever one call gets: small
    /// pieces would become longer than they were.
    private var collected: ContiguousArray<UInt8> = []
    /// The number of ``collected`` bytes that brotli has taken; nil while they are being collected.
    private var takenByteCount: Int?
    /// The size of a block in bytes: a call codes at most one.
    private static let blockByteCount = 1 << blockBits
    private static let blockBits = 16

    init(_ configuration: BrotliConfiguration) {
      self.configuration = configuration
    }

    deinit { if let state = unsafe state { unsafe BrotliEncoderDestroyInstance(state) } }

    /// The allocated memory, in bytes.
    var memoryByteCount: Int { memory.byteCount + collected.capacity }

    /// Begins a body.
    ///
    /// - Parameter body: What is known about it.
    /// - Throws: ``ContentEncoderError`` if there is no memory, or if brotli refuses a parameter.
    mutating func begin(_ body: BodyDescription) throws(ContentEncoderError) {
      reset()
      let opaque = unsafe Unmanaged.passUnretained(memory).toOpaque()
      unsafe state = BrotliEncoderCreateInstance(
        { opaque, byteCount in
          guard let opaque = unsafe opaque else { return nil }
          let memory = unsafe Unmanaged<BrotliMemory>.fromOpaque(opaque).takeUnretainedValue()
          return unsafe memory.allocate(byteCount)
        },
        { opaque, address in
          guard let opaque = unsafe opaque, let address = unsafe address else { return }
          let memory = unsafe Unmanaged<BrotliMemory>.fromOpaque(opaque).takeUnretainedValue()
          unsafe memory.deallocate(address)
        }, opaque)
      let mode =
        switch body.kind {
        case .text: BROTLI_MODE_TEXT
        case .font: BROTLI_MODE_FONT
        case .other: BROTLI_MODE_GENERIC
        }
      try set(BROTLI_PARAM_QUALITY, to: UInt32(configuration.quality.rawValue))
      try set(BROTLI_PARAM_LGWIN, to: UInt32(configuration.windowBits))
      try set(BROTLI_PARAM_MODE, to: mode.rawValue)
      // From quality 9 on the default is 256 KiB, which takes up to four times as long as 64 KiB and
      // makes the output at most 0.5 % smaller.
      try set(BROTLI_PARAM_LGBLOCK, to: UInt32(Self.blockBits))
      if let byteCount = body.byteCount {
        // From 1 MiB on brotli uses tables of 4 MiB, which don't help with a small window.
        let limit = configuration.windowBits < 20 ? (1 << 20) - 1 : Int.max
        try set(BROTLI_PARAM_SIZE_HINT, to: UInt32(clamping: min(byteCount, limit)))
      }
    }

    private func set(
      _ parameter: BrotliEncoderParameter, to value: UInt32
    ) throws(ContentEncoderError) {
      guard let state = unsafe state else { throw failure("BrotliEncoderCreateInstance") }
      guard unsafe BrotliEncoderSetParameter(state, parameter, value) != 0 else {
        throw failure("BrotliEncoderSetParameter")
      }
    }

    /// Abandons the state at any point of a body; its memory is kept for the next one.
    mutating func reset() {
      collected.removeAll(keepingCapacity: true)
      takenByteCount = nil
      guard let state = unsafe state else { return }
      unsafe BrotliEncoderDestroyInstance(state)
      unsafe self.state = nil
    }

    mutating func encode(
      _ input: Span<UInt8>, flush: EncoderFlush, into output: inout OutputSpan<UInt8>
    ) throws(ContentEncoderError) -> (consumedByteCount: Int, isDone: Bool) {
      let isShort = flush == .none && input.count < Self.blockByteCount
      guard configuration.quality.rawValue <= 1, isShort || !collected.isEmpty else {
        return try call(input, flush, into: &output)
      }
      var consumedByteCount = 0
      if takenByteCount == nil {
        consumedByteCount = min(input.count, Self.blockByteCount - collected.count)
        unsafe input.extracting(first: consumedByteCount).withUnsafeBufferPointer {
          unsafe collected.append(contentsOf: $0)
        }
        let isAll = consumedByteCount == input.count
        if isAll && flush == .none && collected.count < Self.blockByteCount {
          return (consumedByteCount, true)
        }
        takenByteCount = 0
      }
      // More blocks follow a full one before the flush that is asked for.
      let isLast = consumedByteCount == input.count
      let taken = takenByteCount ?? 0
      var block: ContiguousArray<UInt8> = []
      swap(&block, &collected)
      let result = try call(
        block.span.extracting(droppingFirst: taken), isLast ? flush : .none, into: &output)
      swap(&block, &collected)
      takenByteCount = taken + result.consumedByteCount
      guard result.isDone else { return (consumedByteCount, false) }
      collected.removeAll(keepingCapacity: true)
      takenByteCount = nil
      return (consumedByteCount, isLast)
    }

    /// Calls brotli once: see ``encode(_:flush:into:)``.
    private mutating func call(
      _ input: Span<UInt8>, _ flush: EncoderFlush, into output: inout OutputSpan<UInt8>
    ) throws(ContentEncoderError) -> (consumedByteCount: Int, isDone: Bool) {
      guard let state = unsafe state else { throw failure("BrotliEncoderCreateInstance") }
      let operation =
        switch flush {
        case .none: BROTLI_OPERATION_PROCESS
        case .sync: BROTLI_OPERATION_FLUSH
        case .finish: BROTLI_OPERATION_FINISH
        }
      var restByteCount = input.count
      var isCoded = false
      unsafe output.withUnsafeMutableBufferPointer { output, initializedCount in
        unsafe input.withUnsafeBufferPointer { input in
          var nextIn = input.baseAddress
          var nextOut = output.baseAddress
          var roomByteCount = output.count
          isCoded =
            unsafe BrotliEncoderCompressStream(
              state, operation, &restByteCount, &nextIn, &roomByteCount, &nextOut, nil) != 0
          initializedCount = output.count - roomByteCount
        }
      }
      guard isCoded else { throw failure("BrotliEncoderCompressStream") }
      let isDone = unsafe restByteCount == 0 && BrotliEncoderHasMoreOutput(state) == 0
      return (input.count - restByteCount, isDone)
    }

    /// Returns the error for a failed brotli function.
    private func failure(_ function: String) -> ContentEncoderError {
      ContentEncoderError(
        code: memory.hasFailed ? .outOfMemory : .corruptedState,
        message: "brotli's \(function) failed")
    }
  }
#endif
