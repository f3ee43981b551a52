"""HTTP/1.1 over a raw socket, with the arrival time of every byte.

A client library hides what this module measures: the moment at which a message is complete, the bytes that follow it
on the connection, and when the connection closes.
"""

import select
import socket
import time
import zlib

DEADLINE_SECONDS = 10.0


class WireError(Exception):
    """The bytes on the connection are not valid HTTP, or did not arrive in time."""


class Connection:
    """One connection, read as its framing requires."""

    def __init__(self, address):
        self.socket = socket.create_connection(address, timeout=DEADLINE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""
        self.pending = b""
        self.first_byte_at = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def request(self, path, accept_encoding, *fields):
        """Sends a GET and returns the response, unread."""
        lines = [f"GET {path} HTTP/1.1", "Host: demo", f"Accept-Encoding: {accept_encoding}", *fields]
        self.first_byte_at = None
        started = time.monotonic()
        self.socket.sendall("".join(line + "\r\n" for line in [*lines, ""]).encode())
        return Response(self, started)

    def receive(self):
        """Reads the available bytes; returns False at the end of the stream."""
        try:
            data = self.socket.recv(65536)
        except TimeoutError as error:
            raise WireError(f"nothing came within {DEADLINE_SECONDS:.0f} s") from error
        if data and self.first_byte_at is None:
            self.first_byte_at = time.monotonic()
        self.received += data
        self.pending += data
        return bool(data)

    def read_line(self):
        while b"\r\n" not in self.pending:
            if not self.receive():
                raise WireError("the connection ended within a line")
        line, self.pending = self.pending.split(b"\r\n", 1)
        return line.decode("latin-1")

    def read_some(self, limit):
        if not self.pending and not self.receive():
            raise WireError("the connection ended within the content")
        data, self.pending = self.pending[:limit], self.pending[limit:]
        return data

    def has_stray_bytes(self):
        """Returns whether there are bytes that no request asked for."""
        while select.select([self.socket], [], [], 0)[0]:
            if not self.receive():
                break
        return bool(self.pending)

    def wait_for_end(self):
        """Waits until the server closes the connection, and returns the time. Bytes that arrive before are kept."""
        while self.receive():
            pass
        return time.monotonic()


class Response:
    """A response; times are seconds after the request was sent."""

    def __init__(self, connection, started):
        self.connection = connection
        self.started = started
        self.status = None
        self.fields = {}
        self.wire_length = 0
        self.arrivals = []
        self.complete_after = None
        self.decoder = None

    @property
    def coding(self):
        return self.fields.get("content-encoding", "identity")

    @property
    def content_length(self):
        value = self.fields.get("content-length")
        return None if value is None else int(value)

    @property
    def first_byte_after(self):
        return self.connection.first_byte_at - self.started

    @property
    def text(self):
        return "".join(text for _, text in self.arrivals)

    def elapsed(self):
        return time.monotonic() - self.started

    def read_head(self):
        self.status = int(self.connection.read_line().split(" ", 2)[1])
        while line := self.connection.read_line():
            name, value = line.split(":", 1)
            self.fields[name.lower()] = value.strip()
        # 31: a gzip member, as streaming clients decode it.
        self.decoder = zlib.decompressobj(31) if self.coding == "gzip" else None
        return self

    def read_until(self, text):
        """Reads until the decoded content contains a text."""
        self.read_head()
        for _ in self.content():
            if text in self.text:
                return self
        raise WireError(f"the message ended without {text!r}")

    def read(self):
        """Reads the whole message."""
        self.read_head()
        for _ in self.content():
            pass
        return self

    def content(self):
        """Reads the content in the pieces in which it arrives."""
        if self.fields.get("transfer-encoding", "").lower() == "chunked":
            pieces = self.chunks()
        elif self.content_length is not None:
            pieces = self.counted(self.content_length)
        else:
            raise WireError("the message has no framing that keeps the connection")
        for data in pieces:
            self.wire_length += len(data)
            self.decode(data)
            yield
        self.complete_after = self.elapsed()
        if self.decoder and not self.decoder.eof:
            raise WireError("the message is complete and its gzip member is not")
        if self.decoder and self.decoder.unused_data:
            raise WireError("bytes after the gzip member")

    def decode(self, data):
        plain = self.decoder.decompress(data) if self.decoder else data
        if plain:
            self.arrivals.append((self.elapsed(), plain.decode()))

    def counted(self, length):
        while length > 0:
            data = self.connection.read_some(length)
            length -= len(data)
            yield data

    def chunks(self):
        while length := int(self.connection.read_line().split(";")[0], 16):
            yield from self.counted(length)
            if self.connection.read_line():
                raise WireError("a chunk is longer than it says")
        while self.connection.read_line():
            pass
