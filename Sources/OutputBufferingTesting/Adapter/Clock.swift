import Foundation

/// The only place where a thread of the suite sleeps.
enum Clock {
  static func sleep(milliseconds: Int) {
    Thread.sleep(forTimeInterval: Double(milliseconds) / 1000)
  }
}
