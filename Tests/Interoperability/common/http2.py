"""HTTP/2 frames over a socket, as raw as an attacker writes them.

Requests are HPACK literals without indexing and without Huffman coding; of responses only frames are read, so
that no table has to be kept. Bodies come as they stand on the wire.
"""

import socket
import ssl
import struct
import time

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 6, 7, 8, 9
END_STREAM, END_HEADERS, ACK = 0x1, 0x4, 0x1
INITIAL_WINDOW_SIZE = 4


class ConnectionEnded(Exception):
    """The connection ended, or the server said GOAWAY, where more was expected."""


def integer(value, prefix_bits):
    limit = (1 << prefix_bits) - 1
    if value < limit:
        return bytes([value])
    out = bytearray([limit])
    value -= limit
    while value >= 128:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def field_block(fields):
    out = bytearray()
    for name, value in fields:
        name = name if isinstance(name, bytes) else name.encode()
        value = value if isinstance(value, bytes) else value.encode()
        out += b"\x00" + integer(len(name), 7) + name + integer(len(value), 7) + value
    return bytes(out)


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


class Stream:
    def __init__(self):
        self.body = bytearray()
        self.head = False
        self.ended = False
        self.reset = None


class Http2Connection:
    """One connection; windows are opened only as far as the caller says."""

    def __init__(self, server, window=65535, receive_buffer=None, timeout=10, auto_window=True):
        raw = socket.socket()
        if receive_buffer:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        raw.settimeout(timeout)
        raw.connect(server.address)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if server.is_tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            context.set_alpn_protocols(["h2"])
            raw = context.wrap_socket(raw, suppress_ragged_eofs=True)
        self.socket = raw
        self.scheme = "https" if server.is_tls else "http"
        self.auto_window = auto_window
        self.pending = bytearray()
        self.streams = {}
        self.next_stream = 1
        self.goaway = None
        self.received = 0
        self.socket.sendall(
            PREFACE + frame(SETTINGS, 0, 0, struct.pack(">HI", INITIAL_WINDOW_SIZE, window)))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def abort(self):
        """A reset, not an orderly end."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def request_bytes(self, path="/", fields=(), method="GET", body=None):
        """The frames of a request, and its stream."""
        number = self.next_stream
        self.next_stream += 2
        self.streams[number] = Stream()
        block = field_block([
            (":method", method), (":scheme", self.scheme), (":path", path), (":authority", "hostile"), *fields])
        pieces = [block[at:at + 16000] for at in range(0, len(block), 16000)]
        flags = (0 if body is not None else END_STREAM) | (END_HEADERS if len(pieces) == 1 else 0)
        out = frame(HEADERS, flags, number, pieces[0])
        for index, piece in enumerate(pieces[1:], start=2):
            out += frame(CONTINUATION, END_HEADERS if index == len(pieces) else 0, number, piece)
        if body is not None:
            out += frame(DATA, END_STREAM, number, body)
        return number, out

    def request(self, path="/", fields=(), **options):
        number, data = self.request_bytes(path, fields, **options)
        self.socket.sendall(data)
        return number

    def reset(self, stream, code=8):
        self.socket.sendall(frame(RST_STREAM, 0, stream, struct.pack(">I", code)))

    def open_window(self, stream, size):
        self.socket.sendall(frame(WINDOW_UPDATE, 0, stream, struct.pack(">I", size)))

    def fill(self, length):
        while len(self.pending) < length:
            data = self.socket.recv(65536)
            if not data:
                raise ConnectionEnded("the connection ended" + (f" after GOAWAY {self.goaway}" if self.goaway else ""))
            self.received += len(data)
            self.pending += data

    def read_frame(self):
        self.fill(9)
        length = int.from_bytes(self.pending[:3], "big")
        kind, flags, number = struct.unpack(">BBI", self.pending[3:9])
        self.fill(9 + length)
        payload = bytes(self.pending[9:9 + length])
        del self.pending[:9 + length]
        stream = self.streams.get(number)
        if kind == SETTINGS and not flags & ACK:
            self.socket.sendall(frame(SETTINGS, ACK, 0))
        elif kind == PING and not flags & ACK:
            self.socket.sendall(frame(PING, ACK, 0, payload))
        elif kind == GOAWAY:
            self.goaway = struct.unpack(">II", payload[:8])
        elif kind == HEADERS and stream:
            stream.head = True
            stream.ended |= bool(flags & END_STREAM)
        elif kind == DATA and stream:
            stream.body += payload
            stream.ended |= bool(flags & END_STREAM)
            if self.auto_window and payload:
                self.open_window(0, len(payload))
                if not stream.ended:
                    self.open_window(number, len(payload))
        elif kind == RST_STREAM and stream:
            stream.reset = struct.unpack(">I", payload)[0]
        return kind, number

    def read_until(self, done, timeout=10):
        """Reads frames until `done()`."""
        deadline = time.monotonic() + timeout
        while not done():
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"not within {timeout:.0f} s")
            self.socket.settimeout(left)
            self.read_frame()

    def read(self, number, timeout=10):
        stream = self.streams[number]
        self.read_until(lambda: stream.ended or stream.reset is not None, timeout)
        return stream


def fetch(server, path="/", fields=(), timeout=10, **options):
    """One request on a connection of its own."""
    with Http2Connection(server, timeout=timeout) as connection:
        stream = connection.read(connection.request(path, fields, **options), timeout)
        if stream.reset is not None:
            raise ConnectionEnded(f"RST_STREAM {stream.reset}")
        return stream
