"""Connections to a server, by what it speaks."""

from connection import Connection, ConnectionEnded
from http1 import Http1Connection
from http2 import Http2Connection


def connect(server, speaks=True, **options):
    """A connection; with `speaks=False` one for any bytes."""
    if not speaks:
        return Connection(server, **options)
    return (Http2Connection if server.is_http2 else Http1Connection)(server, **options)


def fetch(server, path="/", fields=(), timeout=10, **options):
    """One request on a connection of its own."""
    with connect(server, timeout=timeout) as connection:
        message = connection.read(connection.request(path, fields, **options))
        if message.reset is not None:
            raise ConnectionEnded(f"RST_STREAM {message.reset}")
        return message
