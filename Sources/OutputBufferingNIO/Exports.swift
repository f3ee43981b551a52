// A single import provides everything an application needs of this package.
@_exported public import GzipContentCoding
@_exported public import HTTPContentCoding
@_exported public import HTTPOutputBuffering
@_exported public import HTTPTypes
@_exported public import OutputBuffering
