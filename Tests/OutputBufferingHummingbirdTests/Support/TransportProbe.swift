#if Hummingbird
  import NIOCore

  /// Reports what the transport does that no handler sees, once everybody else has learnt of it.
  final class TransportProbe: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = Never
    typealias OutboundIn = Never

    private let journal: Journal

    init(_ journal: Journal) {
      self.journal = journal
    }

    /// The socket is full: the client doesn't read.
    func flush(context: ChannelHandlerContext) {
      context.flush()
      if !context.channel.isWritable { journal.note("stalled") }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      context.fireUserInboundEventTriggered(event)
      if case .inputClosed = event as? ChannelEvent { journal.note("inputClosed") }
    }

    func channelInactive(context: ChannelHandlerContext) {
      context.fireChannelInactive()
      journal.note("inactive")
    }
  }
#endif
