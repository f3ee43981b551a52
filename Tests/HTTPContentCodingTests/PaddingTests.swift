import HTTPContentCoding
import Testing

@Suite struct PaddingTests {
  private func padding(_ text: String, _ limit: Int) -> Int? {
    CompressionPolicy(maximumPaddingByteCount: limit)
      .paddingByteCount(for: ContiguousArray(text.utf8).span)
  }

  @Test func `Off by default, and for what is less than nothing`() {
    #expect(CompressionPolicy().maximumPaddingByteCount == 0)
    for limit in [0, -1] { #expect(padding("content", limit) == nil) }
  }

  @Test(arguments: [1, 2, 31, 32, 1000])
  func `The same content has the same padding, and contents have all there are`(limit: Int) throws {
    var seen: Set<Int> = []
    for index in 0..<(limit * 20) {
      let text = "secret \(index)"
      let value = try #require(padding(text, limit))
      #expect(0...limit ~= value)
      #expect(padding(text, limit) == value)
      seen.insert(value)
    }
    #expect(seen.count == limit + 1)
  }

  @Test(arguments: [65_536, 65_537, 5_000_000_000, Int.max])
  func `There is a most, whatever a configuration says`(limit: Int) throws {
    for index in 0..<200 {
      let value = try #require(padding("content \(index)", limit))
      #expect(0...65_536 ~= value)
    }
  }

  @Test func `Of nothing there is a hash as well`() {
    #expect(padding("", 10) == padding("", 10))
  }
}
