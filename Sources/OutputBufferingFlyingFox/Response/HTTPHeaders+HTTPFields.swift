#if FlyingFox
  import FlyingFox
  import HTTPOutputBuffering
  import HTTPTypes

  extension FlyingFox.HTTPHeaders {
    /// The fields as FlyingFox's headers; it sends them sorted by name.
    init(_ fields: HTTPFields) {
      self.init()
      for field in fields {
        addValue(field.value, for: HTTPHeader(field.name.rawName))
      }
    }

    /// Puts committed fields in place of what they were made from.
    ///
    /// A header whose name isn't one of RFC 9110 §5.1 has no place among fields and is left alone.
    mutating func replace(with fields: HTTPFields) {
      self = replaced(with: HTTPHeaders(fields))
    }

    /// These headers with committed ones in place of what they were made from.
    func replaced(with committed: HTTPHeaders) -> HTTPHeaders {
      var headers = committed
      for header in keys where HTTPField.Name(header.rawValue) == nil {
        headers.setValues(values(for: header), for: header)
      }
      return headers
    }
  }

  extension HTTPTypes.HTTPResponse {
    /// The head of FlyingFox's response; nil for one that can't be sent in HTTP types.
    init?(_ response: FlyingFox.HTTPResponse) {
      self.init(
        sendable: response.statusCode.code, reasonPhrase: response.statusCode.phrase,
        fields: response.headers.lazy.compactMap { header, value in
          HTTPField.Name(header.rawValue).map { HTTPField(name: $0, value: value) }
        })
    }
  }
#endif
