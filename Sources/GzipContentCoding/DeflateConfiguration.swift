/// What a pool of encoders is made for.
struct DeflateConfiguration: Hashable {
  var format: DeflateFormat
  var level: CompressionLevel
  var engineLevel: DeflateEngineLevel
  var idleEncoderLimit: Int
}
