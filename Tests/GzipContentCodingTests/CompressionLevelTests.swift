import GzipContentCoding
import HTTPContentCoding
import Testing

@Suite struct CompressionLevelTests {
  @Test(arguments: [(-1, 0), (0, 0), (6, 6), (9, 9), (10, 9), (.min, 0), (.max, 9)])
  func `A level outside the range is the nearest one`(number: Int, level: Int) {
    #expect(CompressionLevel(clamping: number).rawValue == level)
    #expect(CompressionLevel(exactly: number)?.rawValue == (number == level ? level : nil))
  }

  @Test func `Levels are written as numbers`() {
    let level: CompressionLevel = 12
    #expect(level == .smallest)
    #expect(CompressionLevel.balanced.description == "6")
    #expect([CompressionLevel.stored, .fastest].map(\.rawValue) == [0, 1])
  }
}
