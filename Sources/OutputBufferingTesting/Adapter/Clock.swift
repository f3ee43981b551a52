import Foundation

/// The one place where a thread of the suite waits for nothing but time.
enum Clock {
  static func sleep(milliseconds: Int) {
    Thread.sleep(forTimeInterval: Double(milliseconds) / 1000)
  }
}
