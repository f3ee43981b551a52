// A Hummingbird server with an event stream that ends by itself when the server shuts down.

// snippet.hide
#if Hummingbird
  import Foundation
  // snippet.show
  import Hummingbird
  import OutputBufferingHummingbird

  // snippet.hide
  /// Calls a closure for each price, from tasks of its own.
  struct PriceFeed: Sendable {
    struct Subscription: Sendable {
      func cancel() {}
    }

    func subscribe(_ receive: @escaping @Sendable (Int) -> Void) -> Subscription {
      receive(42)
      return Subscription()
    }
  }

  func addPrices(of feed: PriceFeed, to router: Router<BasicRequestContext>) {
    let buffering = ResponseBuffering(codings: [.gzip()])
    // snippet.show
    router.get("prices") { request, context in
      try await buffering.response(to: request, context: context) { response in
        try response.updateHead { $0.headerFields[.contentType] = "text/event-stream" }
        try response.disableProxyBuffering()
        let (prices, continuation) = AsyncStream.makeStream(
          of: Int.self, bufferingPolicy: .bufferingNewest(100))
        let subscription = feed.subscribe { continuation.yield($0) }
        defer { subscription.cancel() }
        let shutdown = response.shutdown
        try await withThrowingDiscardingTaskGroup { group in
          group.addTask {
            await shutdown.wait()
            continuation.finish()
          }
          for await price in prices {
            try await response.write("data: \(price)\n\n")
          }
          group.cancelAll()
        }
      }
    }
    // snippet.hide
  }

  func serve(port: Int) async throws {
    let buffering = ResponseBuffering(codings: [.gzip()])
    let router = Router()
    // snippet.show
    router.get("events") { request, context in
      try await buffering.response(to: request, context: context) { response in
        try response.updateHead { $0.headerFields[.contentType] = "text/event-stream" }
        let shutdown = response.shutdown
        repeat {
          try await response.write("data: \(Date.now)\n\n")
          try await response.flush()
        } while try await !shutdown.wait(atMost: .seconds(1))
        try await response.write("event: close\ndata:\n\n")
      }
    }
    // snippet.hide
    addPrices(of: PriceFeed(), to: router)
    let app = Application(
      router: router,
      server: .bufferedHTTP1(),
      configuration: .init(address: .hostname("127.0.0.1", port: port)),
      services: [buffering.service]
    )
    try await app.runService()
  }

  // On any free port, and only long enough to see that it starts.
  Task {
    try await Task.sleep(for: .seconds(1))
    kill(getpid(), SIGTERM)
  }
  try await serve(port: 0)
  print("ended gracefully")
#else
  print("This one needs Hummingbird: swift run --traits Hummingbird EventStream")
#endif
