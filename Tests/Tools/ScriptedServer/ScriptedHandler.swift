#if Conformance
  import Foundation
  import HTTPOutputBuffering
  import HTTPTypes
  import NIOCore
  import NIOHTTP1
  import NIOHTTPTypes
  import NIOHTTPTypesHTTP1

  /// Runs scripts in the manner of channel handlers: it writes as long as its channel is writable.
  ///
  /// Each write has its own buffer and is flushed. Scripts can write, mark and finish. Other
  /// operations, and a file in a pipeline that isn't HTTP/1, are answered with 400.
  final class ScriptedHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundOut = HTTPResponsePart

    /// The remaining work for a request.
    private struct Run {
      var operations: ArraySlice<Script.Operation>
      let record: RequestRecord
      /// The bytes of the first operation, which remain to be written `count` times.
      var content: ContiguousArray<UInt8> = []
      var count = 0

      init(_ operations: [Script.Operation], _ record: RequestRecord) {
        self.operations = operations[...]
        self.record = record
      }
    }

    private let application: ScriptedApplication
    /// The request that is being received, until it is answered.
    private var request: HTTPRequest?
    private var body = Data()
    private var run: Run?
    private var isProceeding = false

    init(_ application: ScriptedApplication) {
      self.application = application
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head):
        (request, body) = (head, Data())
        // A script in a field doesn't wait for the content.
        if ScriptedApplication.hasScriptField(head) { answer(context) }
      case .body(let bytes):
        if request != nil { body.append(contentsOf: bytes.readableBytesView) }
      case .end: answer(context)
      }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
      proceed(context)
      context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
      run.take()?.record.end(.aborted)
      context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }

    private func answer(_ context: ChannelHandlerContext) {
      guard let request = request.take() else { return }
      let target = URLComponents(string: request.path ?? "/")
      let key = target?.queryItems?.first { $0.name == "key" }?.value
      if let json = application.answerSideDoor(request.method, path: target?.path ?? "/", key: key)
      {
        return send(.ok, json, context)
      }
      guard let script = try? application.script(request, body: body),
        script.ops.allSatisfy({ isKnown($0, context) })
      else { return send(.badRequest, Data(), context) }
      run = Run(script.ops, application.log.begin())
      context.write(wrapOutboundOut(.head(application.head(of: script))), promise: nil)
      proceed(context)
    }

    private func send(
      _ status: HTTPResponse.Status, _ json: Data, _ context: ChannelHandlerContext
    ) {
      let head = HTTPResponse(
        status: status,
        headerFields: [.contentType: "application/json", .contentLength: "\(json.count)"])
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      context.write(wrapOutboundOut(.body(ByteBuffer(bytes: json))), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    private func isKnown(_ operation: Script.Operation, _ context: ChannelHandlerContext) -> Bool {
      switch operation.op {
      case "write", "mark", "finish": true
      case "file": fileContext(context) != nil
      default: false
      }
    }

    /// Does the remaining work until the channel isn't writable.
    private func proceed(_ context: ChannelHandlerContext) {
      // A write may make the channel unwritable and writable again before it returns.
      guard !isProceeding else { return }
      isProceeding = true
      defer { isProceeding = false }
      while run != nil, context.channel.isWritable { step(context) }
    }

    private func step(_ context: ChannelHandlerContext) {
      guard run?.count == 0 else { return writeOnce(context) }
      guard let run, let operation = self.run?.operations.popFirst() else {
        return finish(context, closes: false)
      }
      switch operation.op {
      case "write":
        self.run?.content = operation.content
        self.run?.count = max(operation.repeat ?? 1, 0)
      case "file": writeFile(operation.bytes ?? 0, context)
      case "mark": run.record.mark(operation.key ?? "")
      default: finish(context, closes: operation.connection == "close")
      }
    }

    private func writeOnce(_ context: ChannelHandlerContext) {
      run?.count -= 1
      let bytes = ByteBuffer(bytes: run?.content ?? [])
      context.writeAndFlush(wrapOutboundOut(.body(bytes)), promise: nil)
    }

    /// Returns the context of the handler that accepts files, just before HTTP/1 parts become HTTP
    /// types.
    private func fileContext(_ context: ChannelHandlerContext) -> ChannelHandlerContext? {
      try? context.pipeline.syncOperations.context(handlerType: HTTP1ToHTTPServerCodec.self)
    }

    private func writeFile(_ byteCount: Int, _ context: ChannelHandlerContext) {
      guard let below = fileContext(context), let file = try? TemporaryFile(byteCount: byteCount)
      else { return context.close(promise: nil) }
      let part = HTTPServerResponsePart.body(.fileRegion(file.region))
      below.writeAndFlush(NIOAny(part)).assumeIsolated().whenComplete { _ in
        withExtendedLifetime(file) {}
      }
    }

    private func finish(_ context: ChannelHandlerContext, closes: Bool) {
      guard let record = run.take()?.record else { return }
      context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { result in
        if case .success = result {
          record.end(.finished)
          if closes { context.close(promise: nil) }
        } else {
          record.end(.aborted)
        }
      }
    }
  }

  @available(*, unavailable)
  extension ScriptedHandler: Sendable {}
#endif
