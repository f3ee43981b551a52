"""Clients that read slowly, or not at all."""

from attack import attack
from content import Digest, digest, html, incompressible
from http2 import settings, window_update
from memory import MEGABYTE
from scripts import FLUSH, mark, write_html, write_random
from target import require, Standstill

# What doesn't repeat within the window of the coding (32 KiB), and is cheap to make.
PIECE, REPEAT = 64 * 1024, 16
PLAIN_PIECE, PLAIN_REPEAT = 8 * 1024, 128
SMALL_BUFFER = 32 * 1024
LONGEST_WINDOW = (1 << 31) - 1


def long_script(run, op, megabytes):
    """A response in steps of a megabyte, with a mark after each."""
    return [step for number in range(megabytes) for step in (op, mark(f"{run}-{number}"))]


def count_steps(target, run):
    return sum(key.startswith(f"{run}-") for key in target.marks())


@attack("slow reader")
def slow_reader(target):
    """Long responses that aren't read: their handlers wait, and the responses are complete once they are read."""
    resident = target.stats()["residentBytes"]
    long = [("plain", False, write_html(PIECE, REPEAT), html, 64), ("coded", True, write_random(PIECE, REPEAT),
                                                                     incompressible, 16)]
    open_responses = []
    for run, coded, op, generator, megabytes in long:
        connection = target.connect(receive_buffer=SMALL_BUFFER, timeout=30)
        number = target.ask(connection, long_script(run, op, megabytes), coded)
        connection.messages[number].body = Digest()
        open_responses.append((connection, number, run, coded, generator, megabytes))
    try:
        reached = Standstill(lambda: {run: count_steps(target, run) for _, _, run, *_ in open_responses}).wait()
        for _, _, run, _, _, megabytes in open_responses:
            require(reached[run] < megabytes / 2, f"{run}: {reached[run]} of {megabytes} MB were written unread")
        growth = target.stats()["residentBytes"] - resident
        require(growth < 16 * MEGABYTE, f"{growth / MEGABYTE:.0f} MB more are resident for two unread responses")
        target.check_next_client()
        for connection, number, run, coded, generator, megabytes in open_responses:
            message = connection.read(number)
            require(message.status == 200 and message.ended, f"{run}: the response is not whole")
            require(message.is_coded == coded, f"{run}: coded is {message.is_coded}")
            require(message.body.value() == digest(generator, PIECE, REPEAT * megabytes), f"{run}: wrong content")
        target.wait_for_marks(f"{run}-{megabytes - 1}" for _, _, run, _, _, megabytes in open_responses)
    finally:
        for connection, *_ in open_responses:
            connection.close()


# Of each of the 50 responses: an encoder (256 KiB), 64 KiB collected and 64 KiB of output, and what is on its way
# to the socket: up to 256 KiB and what the event loop is late.
@attack("50 never read", peak=48)
def never_read(target):
    """Many long responses that are not read; most clients vanish, the last one reads all of it."""
    if target.is_http2:
        count, streams, megabytes = 10, 5, 2
    else:
        count, streams, megabytes = 50, 1, 8
    coded = [write_random(PIECE, REPEAT * megabytes), mark("written")]
    plain = [write_random(PLAIN_PIECE, PLAIN_REPEAT * megabytes), mark("written")]
    clients = []
    try:
        for index in range(count):
            # Closed by the windows of the streams, or by the socket alone.
            window = {"window": LONGEST_WINDOW if index % 2 else 0} if target.is_http2 else {}
            connection = target.connect(receive_buffer=SMALL_BUFFER, timeout=30, **window)
            clients.append((connection, []))
            if window.get("window"):
                connection.open_window(0, LONGEST_WINDOW - 65535)
            for stream in range(streams):
                is_coded = (index + stream) % 4 == 3
                clients[-1][1].append(target.ask(connection, coded if is_coded else plain, is_coded))
        target.wait_for_live(count * streams)
        Standstill(lambda: (target.memory.resident() >> 18, target.stats()["liveResponses"])).wait()
        require("written" not in target.marks(), "everything was written although the client doesn't read")
        target.check_next_client()
        *others, last = clients
        for connection, _ in others:
            connection.abort()
        read_all(*last, megabytes)
    finally:
        for connection, _ in clients:
            connection.close()


def read_all(connection, numbers, megabytes):
    for number in numbers:
        connection.messages[number].body = Digest()
    for number in numbers:
        message = connection.read(number)
        require(message.ended, "the response is not whole")
        piece, repeat = (PIECE, REPEAT) if message.is_coded else (PLAIN_PIECE, PLAIN_REPEAT)
        require(message.body.value() == digest(incompressible, piece, repeat * megabytes), "wrong content")


@attack("dripping reader")
def dripping_reader(target):
    """A client that takes a few bytes at a time: a byte of each window in HTTP/2, small reads in HTTP/1."""
    if target.is_http2:
        return take_by_windows(target)
    with target.connect(receive_buffer=2048) as connection:
        connection.portion = 512
        number = target.ask(connection, [write_random(PIECE, 8)], coded=True)
        message = connection.read(number, timeout=30)
        require(message.content == incompressible(PIECE) * 8, "wrong content")


def take_by_windows(target):
    with target.connect(window=0, auto_window=False) as connection:
        content = incompressible(1500)
        ops = [write_random(1500), FLUSH]
        number = target.ask(connection, ops, coded=False)
        message = connection.messages[number]
        for length in range(1, len(content) + 1):
            connection.open_window(number, 1)
            connection.read_until(lambda: len(message.body) == length)
        connection.read(number)
        require(message.content == content, "wrong content")
        # The window of a stream that is being written shrinks below zero (RFC 9113 §6.9.2), and opens again.
        connection.send(settings(initial_window_size=1000))
        number = target.ask(connection, [write_random(3000), FLUSH], coded=False)
        message = connection.messages[number]
        connection.read_until(lambda: len(message.body) == 1000)
        connection.send(settings(initial_window_size=0) + window_update(number, 3000))
        connection.read(number)
        require(message.content == incompressible(3000), "wrong content after a negative window")
