"""HTTP/1.1 over a socket, as raw as an attacker writes it."""

import collections

from connection import Connection, ConnectionEnded, Message


class Http1Connection(Connection):
    """One connection; responses are read in the order of the requests."""

    PROTOCOL = "http/1.1"

    def __init__(self, server, **options):
        super().__init__(server, **options)
        self.next_number = 0
        self.unanswered = collections.deque()
        self.pieces = self.parse()

    def request_bytes(self, path="/", fields=(), method="GET", body=None):
        """The bytes of a request, and the number of its message."""
        number = self.next_number
        self.next_number += 1
        self.messages[number] = Message()
        self.unanswered.append((number, method))
        out = bytearray(f"{method} {path} HTTP/1.1\r\nHost: hostile\r\n".encode())
        for name, value in fields:
            out += name.encode() + b": " + (value if isinstance(value, bytes) else value.encode()) + b"\r\n"
        if body is not None:
            out += f"Content-Length: {len(body)}\r\n".encode()
        return number, bytes(out + b"\r\n" + (body or b""))

    def read_piece(self):
        next(self.pieces)

    def parse(self):
        """Reads responses for ever; stops at each piece of one."""
        while True:
            number, method = self.unanswered[0]
            message = self.messages[number]
            yield from self.parse_head(message)
            if method != "HEAD" and message.status not in (204, 304):
                yield from self.parse_body(message)
            self.unanswered.popleft()
            message.ended = True
            yield

    def parse_head(self, message):
        while message.status is None or message.status < 200:
            while (end := self.pending.find(b"\r\n\r\n")) < 0:
                self.fill(len(self.pending) + 1)
                yield
            first, *lines = self.take(end + 4)[:-4].decode("latin-1").split("\r\n")
            message.status = int(first.split(" ", 2)[1])
            message.fields = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}
        message.head = True
        yield

    def parse_body(self, message):
        fields = message.fields
        if fields.get("transfer-encoding", "").lower() == "chunked":
            yield from self.parse_chunks(message)
        elif "content-length" in fields:
            yield from self.parse_counted(message, int(fields["content-length"]))
        else:
            try:
                while True:
                    self.fill(1)
                    message.body += self.take(len(self.pending))
                    yield
            except ConnectionEnded:
                return

    def parse_counted(self, message, length):
        while length > 0:
            self.fill(1)
            data = self.take(min(length, len(self.pending)))
            length -= len(data)
            message.body += data
            yield

    def parse_chunks(self, message):
        while True:
            length = int(self.read_line().split(b";")[0], 16)
            if length == 0:
                break
            yield from self.parse_counted(message, length)
            if self.read_line():
                raise ConnectionEnded("a chunk is longer than it says")
        while self.read_line():
            pass

    def read_line(self):
        while (end := self.pending.find(b"\r\n")) < 0:
            self.fill(len(self.pending) + 1)
        return self.take(end + 2)[:-2]
