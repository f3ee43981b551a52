#if FlyingFox
  import Synchronization

  /// Tells the coding handler that the response it is given has been through the machine already.
  final class ResponseMark: Sendable {
    @TaskLocal static var current: ResponseMark?

    private let flag = Atomic(false)

    var isBuffered: Bool { flag.load(ordering: .acquiring) }

    func markBuffered() {
      flag.store(true, ordering: .releasing)
    }
  }
#endif
