import HTTPContentCoding
import Synchronization

/// The pools of offers that name a configuration and no pool: one for each configuration.
///
/// An offer reads like a constant, and is made wherever settings are, perhaps for each connection: what it
/// refers to has to be there already. The pools are few and stay for good; each keeps no more idle encoders
/// than its configuration says.
final class SharedEncoderPools: Sendable {
  private struct Configuration: Hashable {
    var format: DeflateFormat
    var level: CompressionLevel
    var engineLevel: DeflateEngineLevel
    var idleEncoderLimit: Int
  }

  /// Those of the process.
  static let shared = SharedEncoderPools(maximumCount: 64)

  private let maximumCount: Int
  private let pools = Mutex<[Configuration: ContentEncoderPool]>([:])

  /// - Parameter maximumCount: How many pools stay. A program names few; one that computes configurations
  ///   gets pools that end with their offers.
  init(maximumCount: Int) {
    self.maximumCount = maximumCount
  }

  func pool(
    of format: DeflateFormat, level: CompressionLevel, by engineLevel: DeflateEngineLevel,
    idleEncoderLimit: Int
  ) -> ContentEncoderPool {
    let configuration = Configuration(
      format: format, level: level, engineLevel: engineLevel,
      idleEncoderLimit: max(0, idleEncoderLimit))
    return pools.withLock { pools in
      if let pool = pools[configuration] { return pool }
      let pool = ContentEncoderPool(format, level, engineLevel, idleEncoderLimit)
      if pools.count < maximumCount { pools[configuration] = pool }
      return pool
    }
  }
}
