/// Storage of ended buffers, kept for the next ones.
///
/// Bounded both ways, so that a stack never holds more than 8 × 64 KiB for later and one huge page
/// does not pin its memory.
struct StorageFreeList {
  static let maximumCount = 8
  static let maximumRetainedBytesPerStorage = 64 * 1024

  private(set) var storages: [ContiguousArray<UInt8>] = []

  /// Empty storage, the one that was given back last if there is any.
  mutating func take() -> ContiguousArray<UInt8> {
    storages.popLast() ?? []
  }

  /// Keeps the storage, if there is room, and leaves empty storage without capacity.
  mutating func give(_ storage: inout ContiguousArray<UInt8>) {
    var given = exchange(&storage, with: [])
    guard storages.count < Self.maximumCount, given.capacity > 0 else { return }
    Self.empty(&given)
    guard given.capacity > 0 else { return }
    storages.append(given)
  }

  /// Empties storage that stays in use, keeping its capacity within the same bound.
  static func empty(_ storage: inout ContiguousArray<UInt8>) {
    storage.removeAll(keepingCapacity: storage.capacity <= maximumRetainedBytesPerStorage)
  }
}
