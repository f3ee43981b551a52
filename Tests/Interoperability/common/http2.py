"""HTTP/2 frames over a socket, as raw as an attacker writes them.

Requests are HPACK literals without indexing and without Huffman coding; of responses only frames are read, and
the status where it is a literal or one of HPACK's own, so that no table has to be kept.
"""

import contextlib
import ssl
import struct

from connection import Connection, ConnectionEnded, Message

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, END_HEADERS, ACK = 0x1, 0x4, 0x1
INITIAL_WINDOW_SIZE = 4
MAXIMUM_FRAME_SIZE = 16384
# RFC 7541, appendix A.
STATUSES = {8: 200, 9: 204, 10: 206, 11: 304, 12: 400, 13: 404, 14: 500}


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


def settings(**values):
    names = {"initial_window_size": INITIAL_WINDOW_SIZE}
    return frame(SETTINGS, 0, 0, b"".join(struct.pack(">HI", names[name], value) for name, value in values.items()))


def window_update(stream, size):
    return frame(WINDOW_UPDATE, 0, stream, struct.pack(">I", size))


# RFC 7541, appendix B.
HUFFMAN_DIGITS = {**{f"{digit:05b}": str(digit) for digit in range(3)},
                  **{f"{0x19 + digit - 3:06b}": str(digit) for digit in range(3, 10)}}


def digits(block):
    """The digits of a string literal of HPACK; an empty text for anything else."""
    length = block[0] & 0x7F
    if not block[0] & 0x80:
        return block[1:1 + length].decode("latin-1")
    text, code = "", ""
    for bit in "".join(f"{byte:08b}" for byte in block[1:1 + length]):
        code += bit
        if code in HUFFMAN_DIGITS:
            text, code = text + HUFFMAN_DIGITS[code], ""
    return text


def status(block):
    """The status that a field block begins with; 0 for one that is in a table other than HPACK's own."""
    while block and block[0] & 0xE0 == 0x20:
        block = block[1:]
    if len(block) > 1 and block[0] in (0x48, 0x08, 0x18):
        return int(digits(block[1:]) or 0)
    return STATUSES.get(block[0] & 0x7F, 0) if block and block[0] & 0x80 else 0


class Http2Connection(Connection):
    """One connection; windows are opened only as far as the caller says."""

    def __init__(self, server, window=65535, auto_window=True, **options):
        super().__init__(server, **options)
        self.scheme = "https" if server.is_tls else "http"
        self.auto_window = auto_window
        self.next_stream = 1
        self.goaway = None
        self.answered_pings = 0
        # What was taken and is not yet given back, of the connection (0) and of its streams.
        self.taken = {}
        self.send(PREFACE + settings(initial_window_size=window))

    def request_bytes(self, path="/", fields=(), method="GET", body=None):
        """The frames of a request, and its stream."""
        number = self.next_stream
        self.next_stream += 2
        self.messages[number] = Message()
        block = field_block([
            (":method", method), (":scheme", self.scheme), (":path", path), (":authority", "hostile"),
            *((name.lower(), value) for name, value in fields)])
        pieces = [block[at:at + MAXIMUM_FRAME_SIZE] for at in range(0, len(block), MAXIMUM_FRAME_SIZE)]
        flags = (0 if body is not None else END_STREAM) | (END_HEADERS if len(pieces) == 1 else 0)
        out = frame(HEADERS, flags, number, pieces[0])
        for index, piece in enumerate(pieces[1:], start=2):
            out += frame(CONTINUATION, END_HEADERS if index == len(pieces) else 0, number, piece)
        if body is not None:
            pieces = [body[at:at + MAXIMUM_FRAME_SIZE] for at in range(0, len(body), MAXIMUM_FRAME_SIZE)] or [b""]
            for index, piece in enumerate(pieces, start=1):
                out += frame(DATA, END_STREAM if index == len(pieces) else 0, number, piece)
        return number, out

    def reset(self, stream, code=8):
        self.send(frame(RST_STREAM, 0, stream, struct.pack(">I", code)))

    def open_window(self, stream, size):
        self.reply(window_update(stream, size))

    def reply(self, data):
        """Sends what reading asks for; what a server has sent before it closed the connection is there all the same."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError, ssl.SSLEOFError, ssl.SSLZeroReturnError):
            self.send(data)

    def fill(self, length):
        try:
            super().fill(length)
        except ConnectionEnded:
            raise ConnectionEnded(
                "the connection ended" + (f" after GOAWAY {self.goaway}" if self.goaway else "")) from None

    def read_piece(self):
        self.read_frame()

    def took(self, length, number, message):
        """Opens the windows again, not for every little."""
        if message.ended:
            self.taken.pop(number, None)
        for window in (0,) if message.ended else (0, number):
            taken = self.taken.get(window, 0) + length
            if taken >= MAXIMUM_FRAME_SIZE:
                self.open_window(window, taken)
                taken = 0
            self.taken[window] = taken

    def read_frame(self):
        self.fill(9)
        length = int.from_bytes(self.pending[:3], "big")
        kind, flags, number = struct.unpack(">BBI", self.pending[3:9])
        self.fill(9 + length)
        payload = self.take(9 + length)[9:]
        message = self.messages.get(number)
        if kind == SETTINGS and not flags & ACK:
            self.reply(frame(SETTINGS, ACK, 0))
        elif kind == PING and not flags & ACK:
            self.reply(frame(PING, ACK, 0, payload))
        elif kind == PING:
            self.answered_pings += 1
        elif kind == GOAWAY:
            self.goaway = struct.unpack(">II", payload[:8])
        elif kind == HEADERS and message:
            if not message.head:
                message.status = status(payload)
            # A final one follows an interim one.
            message.head = not 100 <= message.status < 200
            message.ended |= bool(flags & END_STREAM)
        elif kind == DATA and message:
            message.body += payload
            message.ended |= bool(flags & END_STREAM)
            if self.auto_window:
                self.took(len(payload), number, message)
        elif kind == RST_STREAM and message:
            message.reset = struct.unpack(">I", payload)[0]
        return kind, number
