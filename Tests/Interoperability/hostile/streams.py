"""Attacks on HTTP/2: floods of streams and frames, and frames that must not be."""

import struct
import time

from attack import attack
from connection import ConnectionEnded
from http2 import (
    ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PING, PRIORITY, PUSH_PROMISE, RST_STREAM,
    SETTINGS, WINDOW_UPDATE, field_block, frame, settings, window_update)
from memory import MEGABYTE
from scripts import FLUSH, at_end, finish, mark, sleep, write, write_html
from target import Violation, require, require_figure

# How many streams a connection may have open, and how many resets NIO takes from one within 30 s.
STREAMS, RESETS = 100, 200
RELEASED_LIMIT = 1024
ANSWER_SECONDS = 10
SOON_SECONDS = 3
REQUEST = field_block([(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "a")])


def send_all(connection, data):
    """Sends as much as the server takes before it ends the connection."""
    try:
        connection.send(data)
    except TimeoutError:
        # It reads no more: that is a bound too.
        pass
    except OSError:
        pass


# Four times 300 responses at the most, each with its buffers and an encoder at work.
@attack("RST_STREAM flood", versions=(2,), peak=128)
def reset_flood(target):
    """Requests that are reset at once, thousands of them, on connections that are not read (CVE-2023-44487)."""
    ops = [at_end(mark("end")), write_html(2000), FLUSH, sleep(30000)]
    connections = [target.connect(timeout=ANSWER_SECONDS, receive_buffer=32 * 1024) for _ in range(4)]
    try:
        for connection in connections:
            data = bytearray()
            for _ in range(1500):
                number, request = connection.request_bytes(fields=target.fields(ops))
                data += request + frame(RST_STREAM, 0, number, struct.pack(">I", 8))
            send_all(connection, data)
        live = target.stats()["liveResponses"]
        require(live <= (STREAMS + RESETS) * len(connections), f"{live} responses are live")
        target.check_next_client()
        # Where the connections were not given up, nothing of the streams is left on them.
        target.check_idle()
    finally:
        for connection in connections:
            connection.close()


@attack("too many streams", versions=(2,), peak=48)
def too_many_streams(target):
    """More streams at once than the server has allowed: it serves no more than that."""
    with target.connect() as connection:
        data = bytearray()
        for _ in range(5 * STREAMS):
            data += connection.request_bytes(fields=target.fields([write("x"), FLUSH, sleep(30000)]))[1]
        send_all(connection, data)
        live = target.stats()["liveResponses"]
        require(live <= STREAMS, f"{live} responses are live")
        target.check_next_client()


# 2,000 handlers at once, and their streams.
@attack("2,000 finish early", versions=(2,), peak=128)
def finish_early(target):
    """Work after the responses of many streams: at most as much at once as the service admits, and all of it done."""
    count, highest = 2000, 0
    connections = [target.connect(timeout=30) for _ in range(count // STREAMS)]
    try:
        requests = []
        for index, connection in enumerate(connections):
            data = bytearray()
            for stream in range(STREAMS):
                key = index * STREAMS + stream
                number, request = connection.request_bytes(fields=target.fields([
                    write(f"early {key}"), finish("close" if key % 2 else "keepAlive"), sleep(1500), mark(f"e{key}")]))
                data += request
                requests.append((connection, number, f"early {key}".encode()))
            connection.send(data)
        for position, (connection, number, content) in enumerate(requests):
            message = connection.read(number)
            require(message.ended and message.content == content, f"stream {number}: wrong content")
            if position % STREAMS == STREAMS - 1:
                highest = max(highest, target.stats()["afterResponseTasks"])
        require(0 < highest <= RELEASED_LIMIT, f"{highest} tasks were at work after their responses")
        for index, connection in enumerate(connections):
            connection.abort() if index % 2 else connection.close()
        target.wait_for_marks((f"e{key}" for key in range(count)), seconds=30)
    finally:
        for connection in connections:
            connection.close()


def headers(flags=END_HEADERS | END_STREAM, stream=1, block=REQUEST):
    return frame(HEADERS, flags, stream, block)


FLOODS = {
    "PING": lambda: frame(PING, 0, 0, bytes(8)) * 50_000,
    "SETTINGS": lambda: settings(initial_window_size=65535) * 50_000,
    "empty SETTINGS": lambda: frame(SETTINGS, 0, 0) * 50_000,
    "acknowledgements": lambda: frame(SETTINGS, ACK, 0) * 50_000,
    "PRIORITY": lambda: frame(PRIORITY, 0, 1, struct.pack(">IB", 3, 16)) * 50_000,
    "WINDOW_UPDATE": lambda: window_update(0, 1) * 50_000,
    "empty DATA": lambda: headers(END_HEADERS) + frame(DATA, 0, 1) * 50_000,
    "small DATA": lambda: headers(END_HEADERS) + frame(DATA, 0, 1, b"x") * 50_000,
    "CONTINUATION": lambda: headers(0) + frame(CONTINUATION, 0, 1, field_block([("x", "y" * 900)])) * 2000,
    "empty CONTINUATION": lambda: headers(0) + frame(CONTINUATION, 0, 1) * 50_000,
    "RST_STREAM": lambda: headers() + frame(RST_STREAM, 0, 1, bytes(4)) * 50_000,
    "unknown frames": lambda: frame(99, 0, 1, b"x") * 50_000,
    "GOAWAY": lambda: frame(GOAWAY, 0, 0, bytes(8)) * 50_000,
}


@attack("frame floods", versions=(2,), peak=32)
def frame_floods(target):
    """Tens of thousands of cheap frames whose responses, if any, aren't read."""
    for name, data in FLOODS.items():
        with target.connect(timeout=2, receive_buffer=32 * 1024) as connection:
            resident = target.memory.resident()
            send_all(connection, data())
            growth = target.memory.resident() - resident
            require(growth < 16 * MEGABYTE, f"{name}: {growth / MEGABYTE:.0f} MB more")
            target.check_next_client()


def request_with(*fields):
    return headers(block=REQUEST + field_block(fields))


VIOLATIONS = {
    "DATA on no stream": frame(DATA, END_STREAM, 1, b"x"),
    "DATA on the connection": frame(DATA, 0, 0, b"x"),
    "DATA after the end": headers() + frame(DATA, END_STREAM, 1, b"x"),
    "more padding than DATA": headers(END_HEADERS) + frame(DATA, 0x8, 1, b"\xffx"),
    "a second request on a stream": headers() + headers(),
    "a stream that goes back": headers(stream=5) + headers(stream=3),
    "an even stream": headers(stream=2),
    "HEADERS on the connection": headers(stream=0),
    "an empty field block": headers(block=b""),
    "an index of nothing": headers(block=b"\xff\xff\xff\x7f"),
    "an endless integer": headers(block=b"\x7f" + b"\xff" * 200),
    "a string too long": headers(block=b"\x00\x7f\xff\xff\xff\x7f"),
    "a bad Huffman code": headers(block=b"\x00\x84\xff\xff\xff\xff\x84\xff\xff\xff\xff"),
    "a table too large": headers(block=b"\x3f\xff\xff\xff\x7f"),
    "no pseudo-fields": headers(block=field_block([("a", "b")])),
    "a pseudo-field twice": request_with((":path", "/x")),
    "an unknown pseudo-field": request_with((":x", "y")),
    "an empty path": headers(block=field_block([(":method", "GET"), (":scheme", "http"), (":path", "")])),
    "capital letters": request_with(("X-Capital", "y")),
    "Connection": request_with(("connection", "close")),
    "Transfer-Encoding": request_with(("transfer-encoding", "chunked")),
    "a line break in a value": request_with(("x", "a\r\nb: c")),
    "NUL in a value": request_with(("accept-encoding", "gz\0ip")),
    "a name of noise": request_with((b"\xff\x00", "y")),
    "a length that is wrong": headers(END_HEADERS, block=REQUEST + field_block([("content-length", "5")]))
    + frame(DATA, END_STREAM, 1, b"x"),
    "a length of noise": request_with(("content-length", "-1")),
    "CONTINUATION alone": frame(CONTINUATION, END_HEADERS, 1, REQUEST),
    "HEADERS within HEADERS": headers(0) + headers(stream=3),
    "no window": headers(END_HEADERS) + window_update(1, 0),
    "no window of the connection": window_update(0, 0),
    "a window too large": headers(END_HEADERS) + window_update(1, 0x7FFFFFFF),
    "a window of the connection too large": window_update(0, 0x7FFFFFFF),
    "a window of no stream": window_update(7, 10),
    "an initial window too large": settings(initial_window_size=0xFFFFFFFF),
    "SETTINGS of a wrong length": frame(SETTINGS, 0, 0, b"12345"),
    "SETTINGS on a stream": frame(SETTINGS, 0, 1),
    "an acknowledgement with content": frame(SETTINGS, ACK, 0, bytes(6)),
    "PING of a wrong length": frame(PING, 0, 0, b"1234"),
    "PING on a stream": frame(PING, 0, 1, bytes(8)),
    "RST_STREAM of no stream": frame(RST_STREAM, 0, 1, bytes(4)),
    "RST_STREAM of a wrong length": headers(END_HEADERS) + frame(RST_STREAM, 0, 1, b"1"),
    "a stream that depends on itself": frame(PRIORITY, 0, 1, struct.pack(">IB", 1, 0)),
    "PUSH_PROMISE": headers(END_HEADERS) + frame(PUSH_PROMISE, END_HEADERS, 1, struct.pack(">I", 2) + REQUEST),
    "GOAWAY cut short": frame(GOAWAY, 0, 0, b"123"),
    "a frame too large": struct.pack(">I", 20000)[1:] + struct.pack(">BBI", DATA, 0, 1) + bytes(20000),
    "a frame of the largest size": b"\xff\xff\xff" + struct.pack(">BBI", HEADERS, 4, 1) + bytes(20000),
}


@attack("frames that must not be", versions=(2,))
def violations(target):
    """Each is answered on its stream, or by the end of the connection: the client is not left waiting."""
    silent, late = [], []
    for name, data in VIOLATIONS.items():
        with target.connect(timeout=ANSWER_SECONDS) as connection:
            started = time.monotonic()
            connection.send(data)
            try:
                # A server that still serves the connection answers this.
                connection.send(frame(PING, 0, 0, bytes(8)))
                connection.read_until(lambda: connection.answered_pings)
            except TimeoutError:
                silent.append(name)
            except (ConnectionEnded, OSError):
                pass
            if time.monotonic() - started > SOON_SECONDS:
                late.append(name)
        if len(silent) == 3:
            break
    if silent:
        raise Violation(f"neither an answer nor the end of the connection after: {', '.join(silent)} ...")
    require_figure(not late, f"no answer within {SOON_SECONDS} s after: {', '.join(late[:3])} ...")
