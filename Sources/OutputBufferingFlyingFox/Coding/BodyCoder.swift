#if FlyingFox
  import Foundation
  import HTTPOutputBuffering

  /// Gives the parts of a body to a machine.
  ///
  /// A body that is in memory is collected whole, so that it leaves with an exact length. FlyingFox
  /// doesn't say which one is: a body of known length counts as one until it lets us wait.
  struct BodyCoder: ~Copyable {
    private static let sliceByteCount = 64 * 1024

    private(set) var machine: ResponseMachine
    /// How much is collected before the machine sees it, in bytes; nil once it sees what comes.
    private var collectedByteLimit: Int?
    private var pending: ContiguousArray<UInt8> = []
    private var position = 0
    private var isFlushDue = false

    init(machine: consuming ResponseMachine, collectedByteLimit: Int) {
      self.machine = machine
      self.collectedByteLimit = collectedByteLimit
    }

    /// Takes a part of the body, or learns that none came for the latency bound.
    mutating func feed(_ part: BodyReader.Part?) throws {
      switch part {
      case .buffer(let buffer):
        pending.append(contentsOf: buffer)
        if let limit = collectedByteLimit, pending.count > limit { collectedByteLimit = nil }
      case .end where collectedByteLimit != nil && machine.isOpen:
        let body = pending
        pending = []
        try machine.finish(with: body.span)
      case .end:
        try machine.finish()
      case .failed(let error):
        machine.abort()
        throw error
      case nil:
        collectedByteLimit = nil
        isFlushDue = true
      }
    }

    /// Takes what is to be sent; nil if the machine waits for more.
    mutating func takeOutput() throws -> ResponseOutput? {
      guard collectedByteLimit == nil || machine.hasEnded else { return nil }
      var body: ContiguousArray<UInt8> = []
      swap(&body, &pending)
      defer { swap(&body, &pending) }
      // In slices, each sent before the next: a body may come as one buffer.
      while position < body.count && !machine.isOutputDue {
        let end = min(position + Self.sliceByteCount, body.count)
        try machine.write(body.span.extracting(position..<end))
        position = end
      }
      if position == body.count {
        body.removeAll(keepingCapacity: true)
        position = 0
        if isFlushDue {
          isFlushDue = false
          try machine.flush()
        }
      }
      return machine.isOutputDue ? machine.takeOutput() : nil
    }
  }
#endif
