#if FlyingFox
  import FlyingFox
  import HTTPOutputBuffering
  import HTTPTypes

  extension FlyingFox.HTTPResponse {
    /// Whether this library has decided about this response, for a `ContentCodingHandler` around it.
    ///
    /// A field of the head carries the mark, which every coding handler takes off. Another handler may
    /// have put another response in place of this one, which has no such mark.
    var isMarked: Bool {
      get { headers[Self.mark] != nil }
      set {
        guard newValue || isMarked else { return }
        headers[Self.mark] = newValue ? "decided" : nil
      }
    }

    private static let mark = HTTPHeader(HTTPField.Name.compressionMode.rawName)
  }
#endif
