"""A connection to a server under test, whatever it speaks: what HTTP/1.1 and HTTP/2 have in common.

Both are read piece by piece into messages, so that a client can stop, leave or wait at any byte.
"""

import socket
import ssl
import struct
import time
import zlib

GZIP_MAGIC = b"\x1f\x8b"


class ConnectionEnded(Exception):
    """The connection ended, or the server said GOAWAY, where more was expected."""


class BrokenContent(Exception):
    """A message that is whole by its framing, and whose content isn't."""


class Message:
    """A response as far as it has come. `body` may be anything that takes bytes with `+=`."""

    def __init__(self):
        self.status = None
        self.fields = {}
        self.body = bytearray()
        self.head = False
        self.ended = False
        self.reset = None

    @property
    def is_coded(self):
        return bytes(self.body[:2]) == GZIP_MAGIC

    @property
    def content(self):
        """The body, decoded where it is coded."""
        if not self.is_coded:
            return bytes(self.body)
        decoder = zlib.decompressobj(31)
        try:
            content = decoder.decompress(bytes(self.body))
        except zlib.error as error:
            raise BrokenContent(str(error)) from error
        if not decoder.eof or decoder.unused_data:
            raise BrokenContent("the gzip member does not end with the message")
        return content


class Connection:
    """What is sent and received over one socket; `timeout` is that of every wait, `tls` by default the server's.

    With `strict_end` the end of a TLS connection without close_notify is an error, as a reset is.
    """

    PROTOCOL = "h2"

    def __init__(self, server, receive_buffer=None, timeout=10, tls=None, strict_end=False):
        raw = socket.socket()
        if receive_buffer:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        raw.settimeout(timeout)
        raw.connect(server.address)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if server.is_tls if tls is None else tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            context.set_alpn_protocols([self.PROTOCOL])
            raw = context.wrap_socket(raw, suppress_ragged_eofs=not strict_end)
        self.socket = raw
        self.timeout = timeout
        self.pending = bytearray()
        self.received = 0
        self.messages = {}
        # How much is taken from the socket at a time, in bytes.
        self.portion = 65536

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def abort(self):
        """A reset, not an orderly end."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def close_sending(self):
        self.socket.shutdown(socket.SHUT_WR)

    def send(self, data):
        self.socket.settimeout(self.timeout)
        self.socket.sendall(data)

    def request(self, path="/", fields=(), **options):
        """Sends a request and returns the number of its message."""
        number, data = self.request_bytes(path, fields, **options)
        self.send(data)
        return number

    def receive(self):
        """Takes what has come; False at the end of the stream."""
        data = self.socket.recv(self.portion)
        self.received += len(data)
        self.pending += data
        return bool(data)

    def fill(self, length):
        while len(self.pending) < length:
            if not self.receive():
                raise ConnectionEnded("the connection ended")

    def take(self, length):
        data = bytes(self.pending[:length])
        del self.pending[:length]
        return data

    def read_until(self, done, timeout=None):
        """Reads piece by piece until `done()`."""
        timeout = timeout or self.timeout
        deadline = time.monotonic() + timeout
        while not done():
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"not within {timeout:.0f} s")
            self.socket.settimeout(left)
            self.read_piece()

    def read(self, number, timeout=None):
        """Reads a message to its end, or to its reset."""
        message = self.messages[number]
        self.read_until(lambda: message.ended or message.reset is not None, timeout)
        return message

    def read_or_lose(self, number, timeout=None):
        """Reads a message as far as the connection lasts: whether it is whole is for the caller to see."""
        try:
            return self.read(number, timeout)
        except TimeoutError:
            raise
        except (ConnectionEnded, OSError):
            return self.messages[number]

    def read_slowly(self, number, rest):
        """Reads a message up to the connection's end, and pauses for this many seconds after each piece."""
        message = self.messages[number]
        self.socket.settimeout(self.timeout)
        try:
            while not message.ended and message.reset is None:
                self.read_piece()
                time.sleep(rest)
        except TimeoutError:
            raise
        except (ConnectionEnded, OSError):
            pass
        return message

    def wait_for_end(self, timeout=None):
        """Waits until the server has closed the connection, whatever comes before."""
        timeout = timeout or self.timeout
        deadline = time.monotonic() + timeout
        try:
            while True:
                self.socket.settimeout(max(0.001, deadline - time.monotonic()))
                if not self.receive():
                    return
        except TimeoutError as error:
            raise TimeoutError(f"the connection is not closed within {timeout:.0f} s") from error
        except OSError:
            return
