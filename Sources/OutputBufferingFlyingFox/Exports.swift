// A single import gives an application what it needs of this package.
@_exported public import GzipContentCoding
@_exported public import HTTPContentCoding
@_exported public import HTTPOutputBuffering
@_exported public import OutputBuffering

// FlyingFox has its own types with the names of HTTPTypes' HTTPRequest and HTTPResponse.
