"""Servers that are told to end while a long answer is underway."""

import concurrent.futures
import time

from connections import connect
from content import Digest, digest, html
from scripts import FLUSH, field, mark, write_html
from servers import ScriptedServer, SideDoor

PIECE, REPEAT = 64 * 1024, 160
# What a server still holds when its handler is done depends on what fits in the sockets' buffers: the answers differ
# in length, and the clients in what they take.
SERVERS, LONGER = 20, 1000
RECEIVE_BUFFERS = [32 * 1024, None, 32 * 1024, 8 * 1024]
# The pause after each piece: it is read at about 50 MB a second.
REST_SECONDS = 0.001
PARALLEL = 5
BEGIN_SECONDS = 10


def shut_down_underway(executable, adapter):
    """Each client reads nothing until its server was told to end, and then all, and misses nothing of it.

    The answers are uncoded, about ten megabytes, each a server's only one: what ends last is what a server that
    doesn't wait for it loses. Returns what was not whole.
    """
    with concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
        ends = list(pool.map(lambda index: end_of(executable, adapter, index), range(SERVERS)))
    broken = [end for end in ends if end]
    return [f"told to end: of {SERVERS} long answers {len(broken)} broken off: {'; '.join(broken)}"] if broken else []


def end_of(executable, adapter, index):
    """What is wrong with the end of one answer, if anything is."""
    piece = PIECE + index * LONGER
    with ScriptedServer(executable, adapter) as server:
        with connect(server, receive_buffer=RECEIVE_BUFFERS[index % len(RECEIVE_BUFFERS)], timeout=30) as connection:
            number = connection.request(fields=[field([FLUSH, mark("begun"), write_html(piece, REPEAT)])])
            message = connection.messages[number]
            message.body = Digest()
            wait_for_begin(server)
            server.process.terminate()
            return describe(connection, number, digest(html, piece, REPEAT))


def wait_for_begin(server):
    door, deadline = SideDoor(server), time.monotonic() + BEGIN_SECONDS
    while "begun" not in door.marks():
        if time.monotonic() > deadline:
            raise TimeoutError(f"the answer has not begun within {BEGIN_SECONDS} s")
        time.sleep(0.02)


def describe(connection, number, expected):
    try:
        message = connection.read_slowly(number, REST_SECONDS)
    except TimeoutError:
        return "neither the rest nor the end"
    if message.ended and message.body.value() == expected:
        return None
    missing = expected[0] - message.body.length
    if message.ended:
        return f"{missing} bytes missing of what is said to be whole"
    return f"{missing} bytes missing, {'cut off' if message.reset is None else f'reset with {message.reset}'}"
