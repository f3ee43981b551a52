#if FlyingFox
  import FlyingFox

  extension FlyingFox.HTTPRequest {
    /// The request, without a `Range` whose numbers FlyingFox's file handler can't compute with.
    ///
    /// That handler adds to the first position without a check for overflow, and traps.
    ///
    /// A server may ignore the field (RFC 9110 §14.2).
    var withoutOverflowingRange: FlyingFox.HTTPRequest {
      guard headers.values(for: .range).contains(where: \.hasLongNumber) else { return self }
      var request = self
      request.headers.removeValue(.range)
      return request
    }
  }

  extension String {
    /// No file is that long: 16 digits are petabytes.
    private static var longestNumber: Int { 15 }

    /// Whether the value has a number with more digits than a position in a file.
    fileprivate var hasLongNumber: Bool {
      var digitCount = 0
      for character in unicodeScalars {
        digitCount = character.properties.numericType == nil ? 0 : digitCount + 1
        if digitCount > Self.longestNumber { return true }
      }
      return false
    }
  }
#endif
