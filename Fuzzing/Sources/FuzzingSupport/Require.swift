/// Traps if a condition doesn't hold, which libFuzzer reports as a finding.
///
/// - Parameters:
///   - condition: The condition that must hold.
///   - message: A description of the failure.
///   - file: The file of the call.
///   - line: The line of the call.
@inline(__always)
public func require(
  _ condition: @autoclosure () -> Bool,
  _ message: @autoclosure () -> String,
  file: StaticString = #fileID,
  line: UInt = #line
) {
  guard condition() else { fatalError(message(), file: file, line: line) }
}
