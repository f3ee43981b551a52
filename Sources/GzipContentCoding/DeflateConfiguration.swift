/// The parameters of a pool of encoders.
struct DeflateConfiguration: Hashable {
  var format: DeflateFormat
  var level: CompressionLevel
  var engineLevel: DeflateEngineLevel
  var idleEncoderLimit: Int
}
