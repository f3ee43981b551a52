"""Bytes that are no HTTP, and HTTP/1.1 whose framing contradicts itself."""

import random

from attack import attack
from connection import ConnectionEnded
from http2 import PREFACE, settings
from target import Violation

CLOSE_SECONDS = 10
# A line of n bytes takes FlyingFox the square of n.
LONG = 3000
NOISE = random.Random(7)
# A record with a ClientHello of TLS 1.2 that offers one cipher and 86 bytes of extensions, all zero.
CLIENT_HELLO = b"".join((
    bytes.fromhex("16030100a5010000a10303"), bytes(range(32)), b"\x20", bytes(32), bytes.fromhex("0002130101000056"),
    bytes(86)))
HTTP1 = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"

GARBAGE = {
    "nothing": b"",
    "zeros": bytes(4096),
    "noise": NOISE.randbytes(4096),
    "noise in lines": b"\r\n".join(NOISE.randbytes(60) for _ in range(60)),
    "a TLS greeting": CLIENT_HELLO,
    "a broken TLS record": b"\x16\x03\x01\xff\xff" + bytes(5000),
    "HTTP/1.1": HTTP1,
    "half the preface of HTTP/2": PREFACE[:12],
    "HTTP/2": PREFACE + settings(initial_window_size=65535),
    "HTTP/2 and noise": PREFACE + NOISE.randbytes(2000),
    "empty lines": b"\r\n" * 2000,
    "line feeds": b"\n" * 2000,
    "carriage returns": b"\r" * LONG,
    "spaces": b" " * LONG,
    "a line without end": b"GET /" + b"a" * LONG,
}

POST = b"POST / HTTP/1.1\r\nHost: a\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
FRAMING = {
    "no version": b"GET /\r\n\r\n",
    "version 9.9": b"GET / HTTP/9.9\r\nHost: a\r\n\r\n",
    "version 0.9": b"GET / HTTP/0.9\r\n\r\n",
    "no method": b" / HTTP/1.1\r\n\r\n",
    "a method of noise": b"\xff\xfe / HTTP/1.1\r\n\r\n",
    "a field without colon": b"GET / HTTP/1.1\r\nHost\r\n\r\n",
    "a field without name": b"GET / HTTP/1.1\r\n: x\r\n\r\n",
    "a space before the colon": b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
    "a folded field": b"GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gz\r\n ip\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "1000 fields": b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: y\r\n" % index for index in range(1000)) + b"\r\n",
    "a long path": b"GET /" + b"%00/" * (LONG // 4) + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    "a path of noise": b"GET /\x80\xff?key=\xfe HTTP/1.1\r\nHost: a\r\n\r\n",
    "percent signs": b"GET /%zz%%%u0000?key=%&&==;% HTTP/1.1\r\nHost: a\r\n\r\n",
    "an asterisk": b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    "an absolute target": b"GET http://[::1/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "CONNECT": b"CONNECT a:b:c HTTP/1.1\r\nHost: a\r\n\r\n",
    "an upgrade": b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                  b"HTTP2-Settings: AAMAAABk\r\n\r\n",
    "a negative length": POST + b"Content-Length: -1\r\n\r\nx",
    "a length of noise": POST + b"Content-Length: 1x\r\n\r\nx",
    "a length too long": POST + b"Content-Length: 99999999999999999999999\r\n\r\nx",
    "the longest length": POST + b"Content-Length: 9223372036854775807\r\n\r\nx",
    "two lengths": POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxy",
    "a length and chunks": POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "an unknown coding": POST + b"Transfer-Encoding: gzip\r\n\r\nx",
    "chunked twice": POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "the longest chunk": CHUNKED + b"7fffffffffffffff\r\nx",
    "a chunk too long": CHUNKED + b"ffffffffffffffffff\r\nx",
    "a negative chunk": CHUNKED + b"-1\r\nx",
    "a chunk of noise": CHUNKED + b"zz\r\nx\r\n0\r\n\r\n",
    "a chunk that goes on": CHUNKED + b"1\r\nxyz\r\n0\r\n\r\n",
    "a chunk extension": CHUNKED + b"1;" + b"a" * LONG + b"\r\nx\r\n0\r\n\r\n",
    "trailers": CHUNKED + b"0\r\n" + b"X: y\r\n" * 200 + b"\r\n",
    "expect": POST + b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n",
    "unknown expectation": POST + b"Expect: nothing\r\nContent-Length: 1\r\n\r\nx",
}


def throw(target, name, data, **options):
    """Sends bytes and the end of the stream; the server is to end the connection, with or without an answer."""
    connection = target.connect(timeout=CLOSE_SECONDS, speaks=False, **options)
    try:
        connection.send(data)
        connection.close_sending()
        connection.wait_for_end()
    except TimeoutError as error:
        raise Violation(f"{name}: {error}") from error
    except (ConnectionEnded, OSError):
        # It was closed before all was sent.
        pass
    finally:
        connection.close()


@attack("garbage")
def garbage(target):
    """Bytes that are no HTTP: the connection ends."""
    for name, data in GARBAGE.items():
        throw(target, name, data)
        if target.server.is_tls:
            throw(target, f"{name} below TLS", data, tls=False)


@attack("contradictory framing", versions=(1,))
def framing(target):
    """Requests that are ambiguous or refer to more than there is: the connection ends, and nothing stays."""
    for name, data in FRAMING.items():
        throw(target, name, data)
        throw(target, f"{name}, followed by a request", data + HTTP1)
