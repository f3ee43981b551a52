#if Conformance
  import Foundation
  import HTTPContentCoding
  import HTTPTypes

  extension Script {
    /// The validators of a script's content.
    struct Conditional: Decodable, Sendable {
      var tag: String
      var lastModified: String?
    }

    /// Evaluates a request's conditions as a simple route does, by comparing strings.
    ///
    /// - Parameter fields: The fields of the request as passed to a route.
    /// - Returns: The script itself, unless a condition requires another response: 304 or 412
    ///   without content, or 206 with a part of the content.
    func answering(_ fields: HTTPFields) -> Script {
      guard let conditional else { return self }
      var script = self
      script.headers = (headers ?? []) + [Field(name: "ETag", value: conditional.tag)]
      if let date = conditional.lastModified {
        script.headers?.append(Field(name: "Last-Modified", value: date))
      }
      if let tags = fields.tags(.ifMatch), !tags.contains(conditional.tag), tags != ["*"] {
        script.status = 412
        script.ops = []
      } else if let tags = fields.tags(.ifNoneMatch) {
        guard tags.contains(conditional.tag) || tags == ["*"] else { return script }
        script.status = 304
        script.ops = []
      } else if let range = fields[.range], conditional.allowsRange(fields[.ifRange]) {
        script.answer(range: range)
      }
      return script
    }

    private mutating func answer(range: String) {
      let content = ops.filter { $0.op == "write" }.flatMap(\.content)
      let bounds = range.trimmingPrefix("bytes=").split(separator: "-").compactMap { Int($0) }
      guard bounds.count == 2, bounds[0] <= bounds[1], bounds[1] < content.count else { return }
      status = 206
      let value = "bytes \(bounds[0])-\(bounds[1])/\(content.count)"
      headers?.append(Field(name: "Content-Range", value: value))
      let part = Data(content[bounds[0]...bounds[1]])
      ops = [Operation(op: "write", base64: part.base64EncodedString())]
    }
  }

  extension Script.Conditional {
    fileprivate func allowsRange(_ ifRange: String?) -> Bool {
      ifRange == nil || ifRange == tag || ifRange == lastModified
    }
  }

  extension HTTPFields {
    /// The members of a list of simple tags; nil if the field is absent.
    fileprivate func tags(_ name: HTTPField.Name) -> [String]? {
      self[name].map { $0.split(separator: ", ").map(String.init) }
    }
  }
#endif
