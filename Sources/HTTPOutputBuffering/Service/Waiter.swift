/// A task that waits for a value.
///
/// A reference: the standard library doesn't fix the layout of a continuation, as of a point in time,
/// and a value that stores one is copied by functions that look the layout up.
final class Waiter<Value: Sendable>: Sendable {
  private let continuation: CheckedContinuation<Value, Never>

  init(_ continuation: CheckedContinuation<Value, Never>) {
    self.continuation = continuation
  }

  func resume(returning value: Value) { continuation.resume(returning: value) }
}
