#if FlyingFox
  import FlyingFox
  import HTTPOutputBuffering

  /// Hands a body on as it is, in a response that FlyingFox by itself would not end as it was committed.
  final class PassedSource: OutputSource {
    private let reader: BodyReader
    private let closesConnection: Bool
    private let underway: UnderwayResponse

    init(_ body: HTTPBodySequence, closesConnection: Bool, underway: UnderwayResponse) {
      self.reader = BodyReader(body)
      self.closesConnection = closesConnection
      self.underway = underway
      underway.onCutOff { [weak reader] in reader?.close() }
    }

    var isReleased: Bool { true }

    func next(reusing storage: consuming ContiguousArray<UInt8>) async throws -> ResponseOutput {
      var output = ResponseOutput()
      output.closesConnection = closesConnection
      switch try await reader.take(within: nil) {
      case .bytes(let buffer):
        output.body = buffer
      case .failed(let error):
        throw error
      case .end, .returned, nil:
        output.end = .complete(trailers: nil)
      }
      return output
    }

    func handOverEnd() {}

    func ended() async {}
  }
#endif
