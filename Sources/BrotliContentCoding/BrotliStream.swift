#if Brotli
  import COutputBufferingBrotli
  import HTTPContentCoding

  /// A brotli encoder's state, created for each body because it can't be reset.
  ///
  /// This file is the only one that calls brotli. It is safe for these reasons:
  ///
  /// - A state is created and destroyed here, and only this noncopyable struct has the pointer. The
  ///   state's memory outlives it: `memory` is released after `deinit` has run.
  /// - `next_in` and `next_out` point into memory that is borrowed for one call, and brotli keeps
  ///   no pointer to it.
  @safe
  struct BrotliStream: ~Copyable {
    private var state: OpaquePointer?
    private let memory = BrotliMemory()

    init() {}

    deinit { if let state = unsafe state { unsafe BrotliEncoderDestroyInstance(state) } }

    /// The allocated memory, in bytes.
    var memoryByteCount: Int { memory.byteCount }

    /// Begins a body.
    ///
    /// - Parameters:
    ///   - body: What is known about it.
    ///   - configuration: The quality and the window.
    /// - Throws: ``ContentEncoderError`` if there is no memory, or if brotli refuses a parameter.
    mutating func begin(
      _ body: BodyDescription, _ configuration: BrotliConfiguration
    ) throws(ContentEncoderError) {
      end()
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
    mutating func end() {
      guard let state = unsafe state else { return }
      unsafe BrotliEncoderDestroyInstance(state)
      unsafe self.state = nil
    }

    /// Compresses bytes straight into the output's spare capacity.
    ///
    /// - Parameters:
    ///   - input: The bytes to compress.
    ///   - flush: How much of the output must be appended.
    ///   - output: The array to append to.
    /// - Throws: ``ContentEncoderError``; another body must then begin.
    mutating func compress(
      _ input: Span<UInt8>,
      flush: EncoderFlush,
      into output: inout ContiguousArray<UInt8>
    ) throws(ContentEncoderError) {
      guard let state = unsafe state else { throw failure("BrotliEncoderCreateInstance") }
      let operation =
        switch flush {
        case .none: BROTLI_OPERATION_PROCESS
        case .sync: BROTLI_OPERATION_FLUSH
        case .finish: BROTLI_OPERATION_FINISH
        }
      try unsafe input.withUnsafeBufferPointer { input throws(ContentEncoderError) in
        var nextIn = input.baseAddress
        var inputByteCount = input.count
        repeat {
          try unsafe compress(&nextIn, &inputByteCount, operation, into: &output)
        } while unsafe inputByteCount > 0 || BrotliEncoderHasMoreOutput(state) != 0
      }
    }

    /// Lets brotli fill the spare capacity, which is first increased if it is too small.
    private func compress(
      _ nextIn: inout UnsafePointer<UInt8>?,
      _ inputByteCount: inout Int,
      _ operation: BrotliEncoderOperation,
      into output: inout ContiguousArray<UInt8>
    ) throws(ContentEncoderError) {
      var isDone = false
      let spareByteCount = output.capacity - output.count
      // Requesting more than the current capacity makes the array grow geometrically.
      let isWorthFilling = spareByteCount >= Self.leastSpareByteCount
      let byteCount = isWorthFilling ? spareByteCount : Self.growthByteCount
      output.append(addingCapacity: byteCount) { span in
        unsafe span.withUnsafeMutableBufferPointer { buffer, initializedCount in
          var nextOut = buffer.baseAddress
          var roomByteCount = buffer.count
          isDone =
            unsafe BrotliEncoderCompressStream(
              state, operation, &inputByteCount, &nextIn, &roomByteCount, &nextOut, nil) != 0
          initializedCount = buffer.count - roomByteCount
        }
      }
      if !isDone { throw failure("BrotliEncoderCompressStream") }
    }

    /// The minimum spare capacity for a call.
    private static let leastSpareByteCount = 64

    /// The initial allocation for an output without capacity.
    private static let growthByteCount = 512

    /// Returns the error for a failed brotli function.
    private func failure(_ function: String) -> ContentEncoderError {
      ContentEncoderError(
        code: memory.hasFailed ? .outOfMemory : .corruptedState,
        message: "brotli's \(function) failed")
    }
  }
#endif
