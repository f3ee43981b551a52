public import HTTPTypes
import Synchronization

/// The content of a route's response to send, either coded or unchanged and counted.
///
/// It is used like a ``ResponseOutlet``: one task at a time asks for the ``next()`` output, sends
/// it, and asks again; after the end it calls ``acknowledge()``. Asking again acknowledges that the
/// transport has taken the previous output. The route's body is read in its own task, at most one
/// part ahead.
///
/// Drop the content when the client leaves: this cancels the body's task, and the response counts
/// as aborted.
public final class RouteContent: Sendable {
  /// A closure that hands over a part of a body and waits until it is taken; an empty part is
  /// ignored.
  ///
  /// It throws `CancellationError` after the content has been dropped.
  public typealias Write =
    @Sendable @concurrent (_ part: ContiguousArray<UInt8>) async throws -> Void

  /// A closure that reads a route's body, writes it part by part, and returns the trailer fields.
  ///
  /// It is called at most once, in its own task. An error that it throws aborts the message.
  /// Forbidden trailer fields are left out (RFC 9110 §6.5.1).
  public typealias Body = @Sendable @concurrent (_ write: Write) async throws -> HTTPFields?

  private typealias Part = BodyPart<ContiguousArray<UInt8>>

  /// The source of the output: a coder, or a response that is sent unchanged.
  private struct Source: ~Copyable {
    var coder: BodyCoder<ContiguousArray<UInt8>>?
    var uncoded: UncodedResponse?
    var isHeadTaken = false
  }

  private let coding: RouteCoding
  private let source: Mutex<Source>
  private let handoff = Handoff<Part>()
  private let reader: Task<Void, Never>?
  private let isRecorded: Atomic<Bool>

  init(
    coding: RouteCoding, coder: consuming sending BodyCoder<ContiguousArray<UInt8>>,
    body: @escaping Body
  ) {
    self.coding = coding
    self.source = Mutex(Source(coder: coder))
    self.isRecorded = Atomic(false)
    self.reader = Self.read(body, to: handoff)
    interruptAtShutdown()
  }

  init(coding: RouteCoding, uncoded: UncodedResponse, body: @escaping Body) {
    self.coding = coding
    self.source = Mutex(Source(uncoded: uncoded))
    // `RouteCoding.commit` has recorded it.
    self.isRecorded = Atomic(true)
    self.reader = uncoded.hasContent ? Self.read(body, to: handoff) : nil
    interruptAtShutdown()
  }

  deinit {
    close()
    record(isWhole: false)
  }

  private static func read(_ body: @escaping Body, to handoff: Handoff<Part>) -> Task<Void, Never> {
    Task {
      do {
        let trailers = try await body { part in
          if !part.isEmpty { try await handoff.give(.bytes(part)) }
        }
        try await handoff.give(.end(trailers: trailers))
      } catch {
        try? await handoff.give(.failed(error))
      }
    }
  }

  private func interruptAtShutdown() {
    coding.onCutOff { [weak self] in self?.close() }
  }

  private func close() {
    handoff.close()
    reader?.cancel()
  }

  /// Waits for the next output.
  ///
  /// The first output has the ``ResponseOutput/head``, perhaps after one that has only interim
  /// responses; the last one has the ``ResponseOutput/end``. A further call throws
  /// `CancellationError`.
  ///
  /// - Returns: The output.
  /// - Throws: The error that aborts the message or, before the head, is answered with an error
  ///   response: the body's own error, ``ResponseError`` for a mismatch with its length or a
  ///   failing encoder, and `CancellationError` if the caller's task is cancelled or a shutdown
  ///   aborts the response.
  public func next() async throws -> ResponseOutput {
    while true {
      switch try step() {
      case .send(let output): return closing(after: output)
      case .wait(let limit):
        let taken = await withTaskCancellationHandler {
          await handoff.take(within: limit)
        } onCancel: {
          close()
        }
        switch taken {
        case .value(let part): if let output = try take(part) { return closing(after: output) }
        case .timedOut: break
        case .closed: throw CancellationError()
        }
      }
    }
  }

  /// Fails what is written after the end, and a caller that asks for more.
  private func closing(after output: ResponseOutput) -> ResponseOutput {
    if case .complete = output.end { handoff.close() }
    return output
  }

  private func step() throws -> BodyCoder<ContiguousArray<UInt8>>.Step {
    try source.withLock { source in
      if let step = try source.coder?.next(at: .now) { return step }
      guard let uncoded = source.uncoded, !source.isHeadTaken else { return .wait(atMost: nil) }
      source.isHeadTaken = true
      var output = ResponseOutput()
      output.head = uncoded.head
      output.closesConnection = uncoded.closesConnection
      if !uncoded.hasContent { output.end = .complete(trailers: nil) }
      return .send(output)
    }
  }

  private func take(_ part: Part) throws -> ResponseOutput? {
    try source.withLock { source in
      source.coder?.take(part)
      guard let closesConnection = source.uncoded?.closesConnection else { return nil }
      var output = ResponseOutput()
      output.closesConnection = closesConnection
      switch part {
      case .bytes(let bytes):
        try source.uncoded?.take(byteCount: bytes.count)
        output.body = bytes
      case .end(let trailers):
        try source.uncoded?.finish()
        output.end = .complete(trailers: trailers?.trailers(loggingForbiddenBy: coding.logger))
      case .failed(let error): throw error
      }
      return output
    }
  }

  /// Acknowledges that the transport has taken the last output, with the end; the response counts
  /// as finished.
  public func acknowledge() {
    record(isWhole: true)
  }

  /// Counts the response, once.
  private func record(isWhole: Bool) {
    guard !isRecorded.exchange(true, ordering: .relaxed) else { return }
    source.withLock { source in
      switch source.coder {
      case .some(let coder):
        coding.buffering.record(coder.machine, isWhole: isWhole, logger: coding.logger)
      case nil: break
      }
    }
  }
}

extension UncodedResponse {
  /// Whether content follows the head.
  fileprivate var hasContent: Bool {
    switch content {
    case .none, .tunnel: false
    case .counted, .open: true
    }
  }
}
