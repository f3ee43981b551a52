/// An output handler that calls a closure.
public struct ClosureOutputHandler: OutputHandler {
  /// The signature of ``OutputHandler/process(_:phase:into:)``.
  public typealias Process = (
    _ input: Span<UInt8>, _ phase: OutputPhase, _ output: inout ContiguousArray<UInt8>
  ) throws -> Void

  /// The handler's name in a buffer's status and in errors.
  public let name: String
  private let body: Process

  /// Creates a handler from a closure.
  ///
  /// - Parameters:
  ///   - name: The handler's name in a buffer's status and in errors.
  ///   - process: Appends the bytes to pass on to its last argument; throws to fail.
  public init(name: String, _ process: @escaping Process) {
    self.name = name
    self.body = process
  }

  /// Turns the buffer's bytes into the bytes to pass on.
  ///
  /// - Parameters:
  ///   - input: All bytes that have accumulated in the buffer.
  ///   - phase: Why the handler is invoked.
  ///   - output: Empty storage for the bytes to pass on.
  /// - Throws: Any error from the closure.
  public mutating func process(
    _ input: Span<UInt8>, phase: OutputPhase, into output: inout ContiguousArray<UInt8>
  ) throws {
    try body(input, phase, &output)
  }
}
