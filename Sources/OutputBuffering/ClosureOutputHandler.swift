/// An output handler made of a closure.
public struct ClosureOutputHandler: OutputHandler {
  /// The shape of ``OutputHandler/process(_:phase:into:)``.
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
  ///   - process: Appends to its last argument what is passed on; throws to fail.
  public init(name: String, _ process: @escaping Process) {
    self.name = name
    self.body = process
  }

  /// Turns what the buffer holds into what is passed on.
  ///
  /// - Parameters:
  ///   - input: Everything that has accumulated in the buffer.
  ///   - phase: Why the handler is invoked.
  ///   - output: Empty storage; what is appended to it is passed on.
  /// - Throws: What the closure throws.
  public mutating func process(
    _ input: Span<UInt8>, phase: OutputPhase, into output: inout ContiguousArray<UInt8>
  ) throws {
    try body(input, phase, &output)
  }
}
