"""Responses that have no end of their own, and work after responses, when a server is told to end."""

import contextlib
import subprocess
import time

from connection import ConnectionEnded
from connections import connect
from ending import wait_for_begin
from scripts import FLUSH, encode, field, finish, mark, sleep, write, write_html
from servers import ScriptedServer

# Of processes that end by themselves: starting and ending takes its time on a busy machine.
PROMPT_SECONDS = 5
RESPONSE_SECONDS, WORK_SECONDS, FAR_SECONDS = 0.5, 2, 20
TICKS, TICK_MILLISECONDS = 150, 200


def shut_down_open(executable, adapter):
    """Each case ends a server of its own. Returns what does not hold."""
    return [f"{case.__doc__}: {failure}" for case in (told, deaf, unread, working, idle)
            for failure in case(executable, adapter)]


@contextlib.contextmanager
def serving(executable, adapter, responses=FAR_SECONDS):
    options = ["--response-deadline", f"{responses * 1000:.0f}", "--drain-deadline", f"{FAR_SECONDS * 1000}"]
    with ScriptedServer(executable, adapter, *options) as server:
        yield server


def open_response(connection, ops, *, is_coded=True):
    """Asks for a response, and waits for its first bytes."""
    fields = [("Accept-Encoding", "gzip" if is_coded else "identity"), ("Content-Type", "application/json")]
    number = connection.request(fields=fields, method="POST", body=encode(ops))
    message = connection.messages[number]
    connection.read_until(lambda: len(message.body) > 0)
    return number, message


def end(server):
    """Tells a server to end, and when that was."""
    server.process.terminate()
    return time.monotonic()


def seconds_until_end(server, since, limit=PROMPT_SECONDS):
    """How long a server took to end; None if it hasn't within the limit."""
    try:
        server.process.wait(max(0, since + limit - time.monotonic()))
        return time.monotonic() - since
    except subprocess.TimeoutExpired:
        return None


def check_end(server, since, at_least=0.0, limit=PROMPT_SECONDS):
    seconds = seconds_until_end(server, since, limit)
    if seconds is None:
        yield f"the process runs on {limit} s later"
    elif seconds < at_least:
        yield f"the process has ended after {seconds:.1f} s"


def told(executable, adapter):
    """a handler that is told"""
    ops = [write("one,"), FLUSH, {"op": "awaitShutdown"}, write("two")]
    for is_coded in (False, True):
        with serving(executable, adapter) as server, connect(server) as connection:
            number, message = open_response(connection, ops, is_coded=is_coded)
            since = end(server)
            connection.read_or_lose(number)
            if not message.ended or message.content != b"one,two":
                yield "its message isn't whole"
            connection.close()
            yield from check_end(server, since)


def deaf(executable, adapter):
    """a handler that writes on"""
    ops = [op for _ in range(TICKS) for op in (write("tick\n"), FLUSH, sleep(TICK_MILLISECONDS))]
    for is_coded in (False, True):
        with serving(executable, adapter, RESPONSE_SECONDS) as server, connect(server) as connection:
            number, message = open_response(connection, ops, is_coded=is_coded)
            since = end(server)
            connection.read_or_lose(number)
            if message.ended:
                yield "its message looks whole"
            yield from check_end(server, since, at_least=RESPONSE_SECONDS)


def unread(executable, adapter):
    """a client that reads nothing"""
    ops = [mark("begun"), write_html(65536, 1000)]
    with serving(executable, adapter, RESPONSE_SECONDS) as server:
        with connect(server, receive_buffer=8192) as connection:
            connection.request(fields=[("Accept-Encoding", "identity"), field(ops)])
            wait_for_begin(server)
            since = end(server)
            # FlyingFox ends such a write only with the connection's task: when cancelled handlers have had their time.
            yield from check_end(server, since, at_least=RESPONSE_SECONDS)


def working(executable, adapter):
    """work after a response"""
    with serving(executable, adapter, RESPONSE_SECONDS) as server:
        with connect(server) as connection, connect(server) as other:
            connection.read(connection.request(
                fields=[field([write("done"), finish(), mark("begun"), sleep(WORK_SECONDS * 1000)])]))
            wait_for_begin(server)
            number, message = open_response(other, [write("open"), FLUSH, sleep(60_000)])
            since = end(server)
            other.read_or_lose(number)
            if message.ended:
                yield "an open response beside it looks whole"
            # The work has begun a little before the signal.
            yield from check_end(server, since, at_least=WORK_SECONDS * 0.6)


def idle(executable, adapter):
    """a client that has asked for nothing more, and says nothing"""
    with serving(executable, adapter) as server, connect(server) as connection:
        with contextlib.suppress(ConnectionEnded):
            connection.read(connection.request(fields=[field([write("done")])]))
        since = end(server)
        yield from check_end(server, since)
