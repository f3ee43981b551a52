/// Storage of ended buffers, kept for reuse.
///
/// Both number and size are limited: a stack never keeps more than 8 × 64 KiB, and one huge page
/// doesn't pin its memory.
struct StorageFreeList {
  static let maximumCount = 8
  static let maximumRetainedBytesPerStorage = 64 * 1024

  private(set) var storages: [ContiguousArray<UInt8>] = []

  /// Takes empty storage, preferring the storage that was returned last.
  mutating func take() -> ContiguousArray<UInt8> {
    storages.popLast() ?? []
  }

  /// Keeps the storage if there is room, and leaves empty storage without capacity in its place.
  mutating func give(_ storage: inout ContiguousArray<UInt8>) {
    var given = exchange(&storage, with: [])
    guard storages.count < Self.maximumCount, given.capacity > 0 else { return }
    Self.empty(&given)
    guard given.capacity > 0 else { return }
    storages.append(given)
  }

  /// Empties storage that stays in use, and keeps its capacity if it is within the same limit.
  static func empty(_ storage: inout ContiguousArray<UInt8>) {
    storage.removeAll(keepingCapacity: storage.capacity <= maximumRetainedBytesPerStorage)
  }
}
