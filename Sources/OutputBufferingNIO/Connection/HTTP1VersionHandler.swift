#if NIO
  import HTTPOutputBuffering
  import NIOCore
  import NIOHTTP1
  import NIOHTTPTypesHTTP1

  /// Remembers the version of the request that is passing up, which HTTP types don't carry.
  ///
  /// It sits directly below the translation to HTTP types, which passes a head on at once or not at
  /// all.
  final class HTTP1VersionHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private(set) var version = HTTPProtocolVersion.http1_1
    private let contentGuard: HTTP1ContentGuard

    init(contentGuard: HTTP1ContentGuard) {
      self.contentGuard = contentGuard
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      if !contentGuard.isTunnel, case .head(let head) = unwrapInboundIn(data) {
        version = head.version == .http1_0 ? .http1_0 : .http1_1
      }
      context.fireChannelRead(data)
    }

    /// Returns the pipeline's handler, adding one if needed; nil if nothing translates HTTP/1.
    static func find(
      in pipeline: ChannelPipeline.SynchronousOperations, contentGuard: HTTP1ContentGuard
    ) -> HTTP1VersionHandler? {
      if let present = try? pipeline.handler(type: HTTP1VersionHandler.self) { return present }
      guard let codec = try? pipeline.handler(type: HTTP1ToHTTPServerCodec.self) else { return nil }
      let added = HTTP1VersionHandler(contentGuard: contentGuard)
      guard (try? pipeline.addHandler(added, position: .before(codec))) != nil else { return nil }
      return added
    }
  }
#endif
