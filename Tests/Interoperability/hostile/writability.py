"""Applications that write as long as their channel is writable, on the handlers that are a drop-in."""

import hashlib
import time

from attack import attack
from connections import connect
from content import Digest, html, incompressible
from memory import ENVIRONMENT, MEGABYTE, Memory
from scripts import mark, write_html, write_random
from servers import ScriptedServer, SideDoor
from target import require, Standstill

PIECE = 64 * 1024
# A step is of 16 MiB, of which about a quarter is left by the coding.
RANDOM_PIECES, HTML_PIECES = 64, 192
STEP_MEGABYTES = (RANDOM_PIECES + HTML_PIECES) * PIECE // MEGABYTE
# What the sockets' buffers hold of a response that isn't read is less.
MOST_STEPS_UNREAD = 3
BURST_MEGABYTES, REST_SECONDS = 64, 0.05
SMALL_BUFFER = 32 * 1024
BOUND_MEGABYTES = 8
# Each is long to code, and what is written after it waits.
FILE = {"op": "file", "bytes": 2 * MEGABYTE}
LONG_BUFFER = write_html(MEGABYTE)


@attack("1 GiB by isWritable", adapters=("nio-h1", "nio-h2"))
def by_writability(target):
    """Written to a client that reads nothing at first and then in bursts, it takes few megabytes of memory."""
    if target.is_http2:
        runs = [(256, LONG_BUFFER, ()), (256, LONG_BUFFER, ("--tls",))]
    else:
        runs = [(1024, FILE, ()), (256, LONG_BUFFER, ()), (256, FILE, ("--tls",))]
    return max(growth(target, *run) for run in runs)


def growth(target, megabytes, beginning, options):
    """What a process that serves a response of so many megabytes is larger by at its peak, in bytes."""
    name = " ".join([target.adapter, "--drop-in", *options, "after a", beginning["op"]])
    steps = megabytes // STEP_MEGABYTES
    with ScriptedServer(target.executable, target.adapter, "--drop-in", *options, environment=ENVIRONMENT) as server:
        memory, door = Memory(server.process.pid), SideDoor(server)
        # What the first response needs is no growth.
        read_response(target, server, door, name, beginning, 2)
        door.reset()
        memory.forget_peak()
        before = memory.resident()
        read_response(target, server, door, name, beginning, steps)
        grown = memory.peak() - before
    require(grown < BOUND_MEGABYTES * MEGABYTE, f"{name}: {grown / MEGABYTE:.1f} MB more for {megabytes} MiB")
    return grown


def read_response(target, server, door, name, beginning, steps):
    step = [write_random(PIECE, RANDOM_PIECES), write_html(PIECE, HTML_PIECES)]
    ops = [beginning, *(op for number in range(steps) for op in (*step, mark(f"{number}")))]
    with connect(server, receive_buffer=SMALL_BUFFER, timeout=60) as connection:
        number = target.ask(connection, ops)
        message = connection.messages[number]
        message.body = Digest()
        written = Standstill(lambda: len(door.marks())).wait()
        require(written <= MOST_STEPS_UNREAD, f"{name}: {written} steps were written unread")
        while not message.ended:
            due = message.body.length + BURST_MEGABYTES * MEGABYTE
            connection.read_until(lambda: message.ended or message.body.length >= due)
            time.sleep(REST_SECONDS)
        require(message.status == 200 and message.is_coded, f"{name}: status {message.status}, or not coded")
        require(message.body.value() == expected(beginning, steps), f"{name}: wrong content")


def expected(beginning, steps):
    """The length and the hash of the content."""
    first = html(beginning.get("bytes") or beginning["html"])
    step = incompressible(PIECE) * RANDOM_PIECES + html(PIECE) * HTML_PIECES
    state = hashlib.sha256(first)
    for _ in range(steps):
        state.update(step)
    return len(first) + steps * len(step), state.hexdigest()
