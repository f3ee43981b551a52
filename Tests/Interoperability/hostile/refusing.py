"""Requests that are answered, and the connection closed, before their content has come (RFC 9112 §9.6)."""

from attack import attack
from content import incompressible
from http1 import Http1Connection
from memory import ENVIRONMENT
from scripts import finish, write_random
from servers import ScriptedServer
from target import require

LENGTH = 7000
DECLARED, SENT, PIECE = 20_000_000, 4 << 20, 64 * 1024
SMALL_BUFFER = 2304
ANSWER = [write_random(LENGTH), finish("close")]
# A script in a field that would read the content is run before it has come, and this one is over before it reads.
UNREAD = [*ANSWER, {"op": "throw"}, {"op": "readContent"}]


@attack("refused upload", adapters=("nio-h1", "hummingbird", "hummingbird-h2"))
def refused_upload(target):
    """A client that sends megabytes before it reads gets all of an answer that closes, over TLS as well."""
    if target.adapter != "nio-h1":
        # Where HTTP/2 is on offer, a client that doesn't know it speaks HTTP/1.1.
        return check(target, target.server, UNREAD)
    for options in ("--tls",), ():
        with ScriptedServer(
                target.executable, target.adapter, "--drop-in", *options, environment=ENVIRONMENT) as server:
            check(target, server, ANSWER)


def check(target, server, ops):
    for coded in False, True:
        with Http1Connection(server, receive_buffer=SMALL_BUFFER, timeout=30, strict_end=True) as connection:
            number, request = connection.request_bytes(
                fields=[*target.fields(ops, coded), ("Content-Length", str(DECLARED))], method="POST")
            connection.send(request)
            for _ in range(SENT // PIECE):
                connection.send(bytes(PIECE))
            message = connection.read(number)
            require(message.ended and message.content == incompressible(LENGTH), "the answer is not whole")
            # A reset, or TLS that ends without close_notify, is an error.
            require(not connection.receive(), "bytes after the answer")
