import HTTPContentCoding
import Testing

@Suite struct QualityValueTests {
  @Test(arguments: [
    ("0", 0), ("0.", 0), ("0.0", 0), ("0.00", 0), ("0.000", 0),
    ("0.5", 500), ("0.05", 50), ("0.50", 500), ("0.001", 1), ("0.999", 999), ("0.123", 123),
    ("1", 1000), ("1.", 1000), ("1.0", 1000), ("1.000", 1000),
  ])
  func `Every form of the grammar is read, RFC 9110 §12.4.2`(text: String, thousandths: Int) {
    #expect(QualityValue(text)?.thousandths == thousandths)
  }

  @Test(arguments: [
    "", ".", ".5", "00.5", "01", "0,5", "-0.1", "-1", "+1", "1.001", "1.01", "1.5", "2", "10",
    "0.5000", "0.0000", "1.0000", "0.5 ", " 0.5", "0 .5", "1e0", "0x1", "NaN", "inf", "abc", "0.a",
    "\u{0661}", "0.\u{0665}", "99999999999999999999",
  ])
  func `Anything else is not a quality value, RFC 9110 §12.4.2`(text: String) {
    #expect(QualityValue(text) == nil)
  }

  @Test func `All thousandths survive being written and read`() throws {
    for thousandths in 0...1000 {
      let value = try #require(QualityValue(thousandths: thousandths))
      #expect(QualityValue(value.description) == value)
    }
  }

  @Test func `Thousandths outside the range are refused`() {
    #expect(QualityValue(thousandths: -1) == nil)
    #expect(QualityValue(thousandths: 1001) == nil)
    #expect(QualityValue(thousandths: .min) == nil)
    #expect(QualityValue(thousandths: .max) == nil)
  }

  @Test func `The order is that of the weights, and only 0 is not acceptable`() {
    #expect(QualityValue.notAcceptable < .leastPreferred)
    #expect(QualityValue.leastPreferred < .mostPreferred)
    #expect(!QualityValue.notAcceptable.isAcceptable)
    #expect(QualityValue.leastPreferred.isAcceptable)
  }

  @Test(arguments: [
    ("0.5", "0.5"), ("0.500", "0.5"), ("0.05", "0.05"), ("1.000", "1"), ("0.0", "0"),
  ])
  func `The description is the shortest form`(text: String, description: String) {
    #expect(QualityValue(text)?.description == description)
  }
}
