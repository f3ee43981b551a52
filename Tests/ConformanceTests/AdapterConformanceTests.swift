#if Conformance
  import OutputBufferingTesting
  import Testing

  /// Every black-box case on every adapter, over real sockets.
  @Suite struct AdapterConformanceTests {
    @Test(.timeLimit(.minutes(10)), arguments: TestedAdapter.allCases, try ConformanceCase.all())
    func `A case on an adapter`(adapter: TestedAdapter, conformanceCase: ConformanceCase)
      async throws
    {
      let results = try await adapter.results.value
      let result = try #require(results[conformanceCase.id])
      switch result.outcome {
      case .passed: break
      case .failed(let seen):
        let lines = seen.joined(separator: "\n")
        Issue.record("\(adapter) \(conformanceCase) (\(conformanceCase.why)):\n\(lines)")
      case .cannotExpress(let reason):
        try Test.cancel("\(adapter) can't express \(conformanceCase): \(reason)")
      }
    }

    @Test func `Each case has a number of its own and says why`() throws {
      let cases = try ConformanceCase.all()
      #expect(Set(cases.map(\.id)).count == cases.count)
      #expect(cases.allSatisfy { !$0.why.isEmpty && !$0.title.isEmpty })
    }
  }
#endif
