/// A coding that a server offers, with the pool its encoders come from.
///
/// An application lists its offers, most wanted first: the first wins where a client likes two
/// equally well.
public struct ContentCodingOffer: Sendable {
  /// The coding on offer.
  public let coding: ContentCoding

  /// Where its encoders come from.
  ///
  /// Offers that are copies of one another share it.
  public let pool: ContentEncoderPool

  /// Creates an offer.
  ///
  /// - Parameters:
  ///   - coding: The coding on offer, the one that the pool's encoders apply.
  ///   - pool: Where its encoders come from.
  public init(coding: ContentCoding, pool: ContentEncoderPool) {
    self.coding = coding
    self.pool = pool
  }
}
