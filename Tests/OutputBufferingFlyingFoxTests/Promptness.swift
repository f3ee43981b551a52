#if FlyingFox
  import Foundation

  /// The time limit for prompt events, in milliseconds, extended under a sanitizer.
  let promptMilliseconds = isSanitized ? 800.0 : 100.0
  /// The time limit for flushed bytes.
  let flushMilliseconds = isSanitized ? 800.0 : 50.0

  /// Whether the tests run under a sanitizer: `make asan` and `make tsan` say so.
  private let isSanitized =
    ProcessInfo.processInfo.environment["OUTPUT_BUFFERING_SANITIZER"] != nil
#endif
