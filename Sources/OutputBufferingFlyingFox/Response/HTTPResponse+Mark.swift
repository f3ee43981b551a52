#if FlyingFox
  import FlyingFox

  extension FlyingFox.HTTPResponse {
    /// Whether this library has decided about this response, for a `ContentCodingHandler` around it.
    ///
    /// A field of the head carries the mark, and the coding handler removes it. A response that another
    /// handler has put in place of this one has no mark.
    var isMarked: Bool {
      get { headers[Self.mark] != nil }
      set {
        guard newValue || isMarked else { return }
        headers[Self.mark] = newValue ? "decided" : nil
      }
    }

    private static let mark = HTTPHeader("X-Output-Buffering-Mark")
  }
#endif
