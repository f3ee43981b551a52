import Synchronization

/// The pools of offers that specify a configuration instead of a pool, one for each configuration.
///
/// An offer is used like a constant and created wherever settings are, perhaps for each connection,
/// so its pool must already exist. The pools are few and live as long as the process; each keeps no
/// more idle encoders than its configuration allows.
final class SharedEncoderPools: Sendable {
  /// A configuration of any coding; each coding has its own type, so two codings are never equal.
  private struct Key: Hashable, @unchecked Sendable {
    // The wrapped configuration is `Sendable`.
    private let configuration: AnyHashable

    init(_ configuration: some Hashable & Sendable) {
      self.configuration = AnyHashable(configuration)
    }
  }

  /// The pools of this process.
  static let shared = SharedEncoderPools(maximumCount: 64)

  private let maximumCount: Int
  private let pools = Mutex<[Key: ContentEncoderPool]>([:])

  /// - Parameter maximumCount: The maximum number of shared pools. A program usually has few
  ///   configurations; beyond the limit, a pool lives only as long as its offers.
  init(maximumCount: Int) {
    self.maximumCount = maximumCount
  }

  func pool(
    for configuration: some Hashable & Sendable, make: () -> ContentEncoderPool
  ) -> ContentEncoderPool {
    let key = Key(configuration)
    return pools.withLock { pools in
      if let pool = pools[key] { return pool }
      let pool = make()
      if pools.count < maximumCount { pools[key] = pool }
      return pool
    }
  }
}

extension ContentEncoderPool {
  /// Returns the pool that all offers of a configuration share; the first of them creates it.
  ///
  /// For a module that adds a coding: it makes an offer as cheap as a constant, even one created
  /// for each connection. The pool lives as long as the process. If a process has more than 64
  /// configurations, the pools of the others live only as long as their offers.
  ///
  /// - Parameters:
  ///   - configuration: Everything that the encoders and the pool depend on, in a type specific to
  ///     the coding. Equal configurations of one type share one pool.
  ///   - make: Makes the pool. It runs with a lock held, and must not request a shared pool itself.
  /// - Returns: The pool.
  public static func shared(
    for configuration: some Hashable & Sendable, make: () -> ContentEncoderPool
  ) -> ContentEncoderPool {
    SharedEncoderPools.shared.pool(for: configuration, make: make)
  }
}
