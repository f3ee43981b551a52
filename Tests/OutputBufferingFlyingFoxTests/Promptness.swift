#if FlyingFox
  import Foundation

  /// What has to be prompt may take this many milliseconds; a sanitizer takes its share of them.
  let promptMilliseconds = isSanitized ? 800.0 : 100.0
  /// The same for what has been flushed.
  let flushMilliseconds = isSanitized ? 800.0 : 50.0

  /// Whether the tests run under a sanitizer: `make asan` and `make tsan` say so.
  private let isSanitized =
    ProcessInfo.processInfo.environment["OUTPUT_BUFFERING_SANITIZER"] != nil
#endif
