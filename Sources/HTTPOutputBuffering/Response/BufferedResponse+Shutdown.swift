extension BufferedResponse {
  /// Whether the server shuts down: a response that has no end of its own should come to one.
  ///
  /// A server waits for its responses. One that is still underway after
  /// ``AfterResponseService/Settings/responseDeadline`` is broken off and its handler cancelled, whether it
  /// ignores disconnects or not. After ``finish(_:)`` it tells work that has more to do that time is short.
  public var isShuttingDown: Bool { shutdown.isUnderway }

  /// Tells of the server's shutdown; unlike the response it can be taken into other tasks and waited for.
  public var shutdown: ShutdownSignal {
    ShutdownSignal(service: exchange.service, exchange: exchange)
  }
}
