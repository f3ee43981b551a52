#if FlyingFox
  import FlyingFox
  import HTTPOutputBuffering
  import HTTPTypes

  extension FlyingFox.HTTPHeaders {
    /// Makes FlyingFox's headers from fields; it sends them sorted by name.
    init(_ fields: HTTPFields) {
      self.init()
      for field in fields {
        addValue(field.value, for: HTTPHeader(field.name.rawName))
      }
    }

    /// Replaces the headers with the committed fields that were made from them.
    ///
    /// A header whose name isn't valid (RFC 9110 §5.1) can't be a field, and stays unchanged.
    mutating func replace(with fields: HTTPFields) {
      self = replaced(with: HTTPHeaders(fields))
    }

    /// Returns these headers, replaced with the committed ones that were made from them.
    func replaced(with committed: HTTPHeaders) -> HTTPHeaders {
      var headers = committed
      for header in keys where HTTPField.Name(header.rawValue) == nil {
        headers.setValues(values(for: header), for: header)
      }
      return headers
    }
  }

  extension HTTPTypes.HTTPResponse {
    /// Creates the head of FlyingFox's response; nil for one that HTTP types can't represent.
    init?(_ response: FlyingFox.HTTPResponse) {
      self.init(
        sendable: response.statusCode.code, reasonPhrase: response.statusCode.phrase,
        fields: response.headers.lazy.compactMap { header, value in
          HTTPField.Name(header.rawValue).map { HTTPField(name: $0, value: value) }
        })
    }
  }
#endif
