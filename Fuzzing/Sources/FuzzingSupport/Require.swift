/// Ends the process, which libFuzzer takes for a finding, if something does not hold.
///
/// - Parameters:
///   - condition: What has to hold.
///   - message: What does not, if it does not.
///   - file: Where this is required.
///   - line: Where this is required.
@inline(__always)
public func require(
  _ condition: @autoclosure () -> Bool,
  _ message: @autoclosure () -> String,
  file: StaticString = #fileID,
  line: UInt = #line
) {
  guard condition() else { fatalError(message(), file: file, line: line) }
}
