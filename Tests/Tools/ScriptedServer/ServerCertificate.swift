#if Conformance
  import Foundation
  import NIOSSL

  /// A self-signed certificate for 127.0.0.1, made by `openssl` and valid for a day.
  struct ServerCertificate {
    /// The output of `openssl` if it fails.
    struct Failure: Error {
      var status: Int32
    }

    let tlsConfiguration: TLSConfiguration

    init() throws {
      let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      let (key, certificate) = (
        folder.appending(path: "key"), folder.appending(path: "certificate")
      )
      let openssl = Process()
      openssl.executableURL = URL(filePath: "/usr/bin/env")
      openssl.arguments = [
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
        "-days", "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
        "-keyout", key.path, "-out", certificate.path,
      ]
      openssl.standardError = FileHandle.nullDevice
      openssl.standardOutput = FileHandle.nullDevice
      try openssl.run()
      openssl.waitUntilExit()
      guard openssl.terminationStatus == 0 else {
        throw Failure(status: openssl.terminationStatus)
      }
      let chain = try NIOSSLCertificate.fromPEMFile(certificate.path)
      tlsConfiguration = TLSConfiguration.makeServerConfiguration(
        certificateChain: chain.map { .certificate($0) },
        privateKey: .privateKey(try NIOSSLPrivateKey(file: key.path, format: .pem)))
    }
  }
#endif
