import Synchronization

/// The pools of offers that name a configuration and no pool: one for each configuration.
///
/// An offer reads like a constant, and is made wherever settings are, perhaps for each connection: what it
/// refers to has to be there already. The pools are few and stay for good; each keeps no more idle encoders
/// than its configuration says.
final class SharedEncoderPools: Sendable {
  /// A configuration of any coding: those of two codings are of different types, and never equal.
  private struct Key: Hashable, @unchecked Sendable {
    // Sendable as what it was made of.
    private let configuration: AnyHashable

    init(_ configuration: some Hashable & Sendable) {
      self.configuration = AnyHashable(configuration)
    }
  }

  /// Those of the process.
  static let shared = SharedEncoderPools(maximumCount: 64)

  private let maximumCount: Int
  private let pools = Mutex<[Key: ContentEncoderPool]>([:])

  /// - Parameter maximumCount: How many pools stay. A program names few; one that computes configurations
  ///   gets pools that end with their offers.
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
  /// The pool that all offers of a configuration share, made by the first of them.
  ///
  /// For a module that adds a coding: an offer that is made for each connection then costs what a constant
  /// costs. The pool stays for good; a 65th configuration of the process and later ones get pools that end
  /// with their offers.
  ///
  /// - Parameters:
  ///   - configuration: Everything that the encoders and the pool depend on, in a type of the coding's own:
  ///     equal configurations of one type get one pool.
  ///   - make: Makes the pool. It runs with a lock held, and must not ask for a shared pool itself.
  /// - Returns: The pool.
  public static func shared(
    for configuration: some Hashable & Sendable, make: () -> ContentEncoderPool
  ) -> ContentEncoderPool {
    SharedEncoderPools.shared.pool(for: configuration, make: make)
  }
}
