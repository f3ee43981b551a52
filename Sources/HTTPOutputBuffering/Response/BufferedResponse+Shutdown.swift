extension BufferedResponse {
  /// Whether the server is shutting down, so that a response without an end of its own should end.
  ///
  /// The server waits for its responses. A response that is still underway after
  /// ``AfterResponseService/Settings/responseDeadline`` is aborted and its handler cancelled,
  /// whether or not it ignores disconnects. After ``finish(_:)``, the property tells work with more
  /// to do that its time is short.
  public var isShuttingDown: Bool { shutdown.isUnderway }

  /// The signal of the server's shutdown; unlike the response, it can be awaited and shared between
  /// tasks.
  public var shutdown: ShutdownSignal {
    ShutdownSignal(service: exchange.service, exchange: exchange)
  }
}
