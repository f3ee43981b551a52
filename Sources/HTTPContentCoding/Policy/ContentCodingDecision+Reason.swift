extension ContentCodingDecision {
  /// Why a response is coded or is not.
  ///
  /// More reasons may be added; ``name`` of an existing one never changes.
  public struct Reason: Hashable, Sendable {
    private enum Name: String {
      case coded
      case notAcceptable
      case noAcceptEncoding
      case identityPreferred
      case belowMinimumSize
      case emptyBody
      case contentTypeExcluded
      case noContentType
      case alreadyEncoded
      case optedOut
      case switchedOff
      case noTransform
      case partialContent
      case statusWithoutBody
      case upgrade
      case digestPresent
      case noSavings
      case grpc
      case httpVersion
      case notOffered
      case encoderFailed
      case contentUnknown
      case unpaddable
    }

    private let reason: Name

    private init(_ reason: Name) {
      self.reason = reason
    }

    /// A stable, machine-readable name such as `belowMinimumSize`, suitable as a metric label or
    /// field value.
    public var name: String { reason.rawValue }

    /// The response is coded.
    public static let coded = Reason(.coded)

    /// The client accepts none of the codings that the server offers.
    public static let notAcceptable = Reason(.notAcceptable)

    /// The request has no `Accept-Encoding` field: any coding would be acceptable, but the client
    /// requested none (RFC 9110 §12.5.3).
    public static let noAcceptEncoding = Reason(.noAcceptEncoding)

    /// The client accepts a coding and gives identity the higher weight (RFC 9110 §12.4.2).
    public static let identityPreferred = Reason(.identityPreferred)

    /// The whole body is smaller than ``CompressionPolicy/minimumByteCount``.
    public static let belowMinimumSize = Reason(.belowMinimumSize)

    /// The body has no bytes; a coded one would have some.
    public static let emptyBody = Reason(.emptyBody)

    /// The media type is not in ``CompressionPolicy/mediaTypes``.
    public static let contentTypeExcluded = Reason(.contentTypeExcluded)

    /// The response has no `Content-Type`; the library never guesses one.
    public static let noContentType = Reason(.noContentType)

    /// The response has a `Content-Encoding` (RFC 9110 §8.4).
    public static let alreadyEncoded = Reason(.alreadyEncoded)

    /// The response opted out with `Content-Encoding: identity` or `none`.
    public static let optedOut = Reason(.optedOut)

    /// The response's or the policy's ``CompressionMode`` is ``CompressionMode/off``.
    public static let switchedOff = Reason(.switchedOff)

    /// The response has the directive `no-transform` (RFC 9111 §5.2.2.6).
    public static let noTransform = Reason(.noTransform)

    /// The response is a range: a 206 or one with `Content-Range` (RFC 9110 §14.4).
    public static let partialContent = Reason(.partialContent)

    /// The status has no content of its own to code: 1xx, 204, 205 or 304 (RFC 9110 §6.4.1).
    public static let statusWithoutBody = Reason(.statusWithoutBody)

    /// The connection stops being HTTP: a 101, or a 2xx to CONNECT (RFC 9110 §7.8, §9.3.6).
    public static let upgrade = Reason(.upgrade)

    /// The application has set a digest of the bytes it wrote (RFC 9530).
    public static let digestPresent = Reason(.digestPresent)

    /// The coded body was not smaller than the body.
    public static let noSavings = Reason(.noSavings)

    /// The response is gRPC, which compresses its messages itself.
    public static let grpc = Reason(.grpc)

    /// The connection's HTTP version cannot frame a coded body of unknown length (HTTP/1.0).
    public static let httpVersion = Reason(.httpVersion)

    /// The server offers no coding.
    public static let notOffered = Reason(.notOffered)

    /// No encoder was available, or the encoder failed before anything was sent.
    public static let encoderFailed = Reason(.encoderFailed)

    /// The response to HEAD has neither the content that GET would have nor its length, so it is
    /// unknown whether GET would be coded (RFC 9110 §9.3.2).
    public static let contentUnknown = Reason(.contentUnknown)

    /// The policy hides lengths (``CompressionPolicy/maximumPaddingByteCount``), and none of the
    /// content was known when the head was sent.
    public static let unpaddable = Reason(.unpaddable)
  }
}

extension ContentCodingDecision.Reason: CustomStringConvertible {
  /// The stable ``name``.
  public var description: String { name }
}
