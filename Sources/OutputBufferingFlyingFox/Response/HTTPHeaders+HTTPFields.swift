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

  extension HTTPFields {
    /// FlyingFox's headers as fields, one for each value; nil for more than a response may have.
    fileprivate init?(_ headers: FlyingFox.HTTPHeaders) {
      self.init()
      for (header, value) in headers {
        guard let name = HTTPField.Name(header.rawValue) else { continue }
        guard count < Self.maximumSendableCount else { return nil }
        append(HTTPField(name: name, value: value))
      }
    }
  }

  extension HTTPTypes.HTTPResponse {
    /// The head of FlyingFox's response; nil for one that can't be sent in HTTP types.
    init?(_ response: FlyingFox.HTTPResponse) {
      let status = response.statusCode
      guard Status.sendableCodes.contains(status.code), let fields = HTTPFields(response.headers)
      else { return nil }
      self.init(
        status: Status(code: status.code, reasonPhrase: status.phrase), headerFields: fields)
    }
  }
#endif
