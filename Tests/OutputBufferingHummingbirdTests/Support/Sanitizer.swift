#if Hummingbird
  import Foundation

  /// Whether the tests run under a sanitizer: `make asan` and `make tsan` say so.
  let isSanitized = ProcessInfo.processInfo.environment["OUTPUT_BUFFERING_SANITIZER"] != nil
#endif
