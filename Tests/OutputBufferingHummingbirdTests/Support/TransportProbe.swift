#if Hummingbird
  import NIOCore

  /// Reports transport events that no handler observes, after all channel handlers have received
  /// them.
  final class TransportProbe: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = Never
    typealias OutboundIn = Never

    private let journal: Journal

    init(_ journal: Journal) {
      self.journal = journal
    }

    /// Reports a full socket: the client doesn't read.
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
