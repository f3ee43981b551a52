extension OutputBufferError {
  /// Why an operation was refused.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    private enum Value: String {
      case noBuffer
      case notFlushable
      case notCleanable
      case notRemovable
      case handlerIsRunning
    }

    private let value: Value

    /// No buffer is open.
    public static let noBuffer = Self(value: .noBuffer)

    /// The buffer was started without ``OutputBufferCapabilities/flushable``.
    public static let notFlushable = Self(value: .notFlushable)

    /// The buffer was started without ``OutputBufferCapabilities/cleanable``.
    public static let notCleanable = Self(value: .notCleanable)

    /// The buffer was started without ``OutputBufferCapabilities/removable``.
    public static let notRemovable = Self(value: .notRemovable)

    /// The operation was called from inside an output handler or the sink while another operation
    /// of the same stack was running it.
    public static let handlerIsRunning = Self(value: .handlerIsRunning)

    /// The name of the code.
    public var description: String { value.rawValue }

    var reason: String {
      switch value {
      case .noBuffer: "no output buffer is open"
      case .notFlushable: "the output buffer is not flushable"
      case .notCleanable: "the output buffer is not cleanable"
      case .notRemovable: "the output buffer is not removable"
      case .handlerIsRunning: "an output handler or the sink of this stack is running"
      }
    }
  }

  /// The operation that was refused.
  public struct Operation: Sendable, Hashable, CustomStringConvertible {
    private enum Value: String {
      case flush
      case clean
      case endFlush
      case endClean
      case takeContents
      case endFlushReturningContents
      case flushAll
    }

    private let value: Value

    /// ``OutputStack/flush()``.
    public static let flush = Self(value: .flush)

    /// ``OutputStack/clean()``.
    public static let clean = Self(value: .clean)

    /// ``OutputStack/endFlush()``.
    public static let endFlush = Self(value: .endFlush)

    /// ``OutputStack/endClean()``.
    public static let endClean = Self(value: .endClean)

    /// ``OutputStack/takeContents()``.
    public static let takeContents = Self(value: .takeContents)

    /// ``OutputStack/endFlushReturningContents()``.
    public static let endFlushReturningContents = Self(value: .endFlushReturningContents)

    /// ``OutputStack/flushAll()``.
    public static let flushAll = Self(value: .flushAll)

    /// The name of the operation.
    public var description: String { value.rawValue }
  }
}
