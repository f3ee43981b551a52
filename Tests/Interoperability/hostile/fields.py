"""Messages with more fields, or longer ones, than a type of some library can hold."""

import struct

from attack import attack
from connection import ConnectionEnded
from http2 import CONTINUATION, END_HEADERS, END_STREAM, HEADERS, MAXIMUM_FRAME_SIZE, field_block, frame, integer
from scripts import HTML, FLUSH, encode, field, write, write_html
from target import PAGE_LENGTH, Violation, require

# HTTPTypes ends the process at the 65,535th field; a response may have 65,000. Those of HTTP/2 are a frame of 16 KiB.
COUNT, SENDABLE, SENDABLE_HTTP2, TOO_LONG_HTTP2 = 70_000, 60_000, 200, 5_000
KIBIBYTE, MEGABYTE = 1 << 10, 1_000_000
# FlyingFox reads some 100 KB of lines a second in a debug build, and takes the square of a line's length.
ANSWER_SECONDS = 40
FLYINGFOX_LONG = 3 * KIBIBYTE
REFUSALS = (400, 413, 414, 431)
PAGE = field([write_html(PAGE_LENGTH)])
GZIP = ("Accept-Encoding", "gzip")

# What is sent many times over; FlyingFox keeps the last line of a name.
REPEATED = [
    ("Accept-Encoding", "gzip"), ("Connection", "x"), ("If-None-Match", '"a"'), ("Cookie", "a=b; c=d"), ("Range", "bytes=0-"),
]


def exchange(target, name, data, statuses=(200, *REFUSALS), reads=True):
    """Sends bytes to HTTP/1; the answer is one of these, or the end of the connection. Returns the connection's bytes."""
    with target.connect(timeout=ANSWER_SECONDS) as connection:
        number, _ = connection.request_bytes()
        try:
            connection.send(data)
            message = connection.read(number)
        except TimeoutError as error:
            raise Violation(f"{name} got neither an answer nor the end: {error}") from error
        except (ConnectionEnded, OSError):
            return None
    require(message.status in statuses, f"{name} got {message.status}")
    return message


def lines(*fields):
    return b"".join(name.encode() + b": " + value.encode() + b"\r\n" for name, value in fields)


GET = b"GET / HTTP/1.1\r\nHost: a\r\n"


@attack("70,000 request fields", versions=(1,), peak=128)
def many_lines(target):
    """Short lines without number: distinct names, and the names that are looked at."""
    distinct = b"".join(b"X%d: y\r\n" % index for index in range(COUNT))
    exchange(target, "70,000 names", GET + distinct + lines(PAGE, GZIP) + b"\r\n")
    share = COUNT // 10 if target.adapter == "flyingfox" else COUNT
    for repeated in REPEATED:
        exchange(target, f"{share} times {repeated[0]}", GET + lines(repeated) * share + lines(PAGE) + b"\r\n")
        target.check_next_client()


@attack("long names and values", cannot={
    "flyingfox": "a line of n bytes takes FlyingFox the square of n, a minute for 64 KiB: 3 KiB here"})
def long_lines(target):
    """Names and values of a megabyte, and as long as they are taken."""
    lengths = [FLYINGFOX_LONG] if target.adapter == "flyingfox" else [10 * KIBIBYTE, 79 * KIBIBYTE, MEGABYTE]
    for length in lengths:
        for name, value in (
                ("x" * length, "y"), ("X-Long", "y" * length), ("Cookie", "; " * (length // 2)),
                ("Connection", "x," * (length // 2)), ("If-None-Match", '"a",' * (length // 4)),
                ("Accept-Encoding", "gzip;q=0.5," * (length // 11))):
            shown = f"{name[:20]} with {length} bytes"
            if target.is_http2:
                ask_http2(target, shown, [(name.lower(), value)])
            else:
                exchange(target, shown, GET + lines((name, value), PAGE) + b"\r\n")
        target.check_next_client()


@attack("70,000 trailers", versions=(1,), peak=64)
def many_trailers(target):
    """A request in chunks with trailer lines without number."""
    script = encode([write_html(PAGE_LENGTH)])
    head = (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            + b"%x\r\n%s\r\n0\r\n" % (len(script), script))
    exchange(target, "trailers", head + b"".join(b"T%d: y\r\n" % index for index in range(COUNT)) + b"\r\n")
    target.check_next_client()
    exchange(target, "one trailer", head + b"T: " + b"y" * FLYINGFOX_LONG + b"\r\n\r\n")


# HTTP/2

def request_block(target, *fields):
    scheme = "https" if target.server.is_tls else "http"
    return field_block([(":method", "GET"), (":scheme", scheme), (":path", "/"), (":authority", "a"), *fields])


def header_frames(block, flags, stream=1):
    """A field block in one HEADERS and as many CONTINUATION as it takes."""
    pieces = [block[at:at + MAXIMUM_FRAME_SIZE] for at in range(0, len(block), MAXIMUM_FRAME_SIZE)]
    out = b""
    for index, piece in enumerate(pieces):
        last = END_HEADERS if index == len(pieces) - 1 else 0
        out += frame(CONTINUATION, last, stream, piece) if index else frame(HEADERS, flags | last, stream, piece)
    return out


def send_http2(target, name, data):
    """Sends frames of stream 1; returns its answer, or None where the stream or the connection was ended instead."""
    with target.connect(timeout=ANSWER_SECONDS) as connection:
        number, _ = connection.request_bytes()
        try:
            connection.send(data)
            message = connection.read(number)
        except TimeoutError as error:
            raise Violation(f"{name} got neither an answer nor the end: {error}") from error
        except (ConnectionEnded, OSError):
            return None
        return None if message.reset is not None else message


def ask_http2(target, name, fields):
    message = send_http2(target, name, header_frames(request_block(target, PAGE_LOWER, *fields), END_STREAM))
    require(message is None or message.status in (0, 200, *REFUSALS), f"{name} got {message and message.status}")


PAGE_LOWER = (PAGE[0].lower(), PAGE[1])
# Fields of one byte: `accept-encoding: gzip, deflate` of HPACK's table (RFC 7541, appendix A), and the newest entry
# that a literal has added to the dynamic one.
GZIP_BYTE, NEWEST_BYTE = b"\x90", b"\xbe"


def literal(name, value):
    """A field that is added to the dynamic table."""
    return b"\x40" + integer(len(name), 7) + name + integer(len(value), 7) + value


@attack("70,000 indexed fields", versions=(2,), peak=64)
def indexed_fields(target):
    """Lists that are short on the wire and long when they are decoded, in heads and in trailers."""
    request = request_block(target, PAGE_LOWER)
    blocks = {
        "a frame of accept-encoding": GZIP_BYTE * (MAXIMUM_FRAME_SIZE - len(request)),
        "70,000 of accept-encoding": GZIP_BYTE * COUNT,
        "a name of 4,000 bytes 10,000 times": literal(b"x" * 4000, b"") + NEWEST_BYTE * 10_000,
        "a value of 4,000 bytes 70,000 times": literal(b"cookie", b"a" * 4000) + NEWEST_BYTE * COUNT,
        "70,000 literals": literal(b"a", b"") * COUNT,
        "70,000 sizes of the table": b"\x20" * COUNT,
        "a name of a megabyte": field_block([("x" * MEGABYTE, "")]),
    }
    trailers_behind = header_frames(request, 0)
    for name, block in blocks.items():
        send_http2(target, name, header_frames(request + block, END_STREAM))
        send_http2(target, f"{name}, sizes first", header_frames(block + request, END_STREAM))
        send_http2(target, f"trailers: {name}", trailers_behind + header_frames(block, END_STREAM))
        target.check_next_client()
    trailer = header_frames(field_block([("t", "y")]), 0)
    send_http2(target, "trailers twice", trailers_behind + trailer + header_frames(field_block([("t", "y")]), END_STREAM))
    send_http2(target, "trailers without end", trailers_behind + trailer * 100)


# Responses

INJECTED = "injected"
ODD_VALUES = [
    f"a\r\n{INJECTED}: b", f"a\n{INJECTED}: b", f"a\r{INJECTED}: b", f"a\0{INJECTED}: b", "\r\n\r\n", "\0", "\u00e9\u20ac",
    " a ", "\t", "", "\x7f\x01", "a",
]
LONG_VALUES = [("a", MEGABYTE), (", ", 200_000), ("; ", 400_000), ("\n", MEGABYTE), ("W/\"a\",", 100_000)]
ODD_NAMES = [
    "", " ", ":", ":path", ":status", "a:b", "a b", f"a\r\n{INJECTED}", "a\0", "\u00e9", "\u017f", "(a)", "A" * 10_000, "*", "%",
]
STATUSES = [99, 1000, 0, -1, 199, 100, 103, 999, 600, 1 << 62, -(1 << 62)]
# Those that can't be sent are 500.
ALLOWED = {999: (999,), 600: (600,)}


def respond(target, name, ops, statuses=(200, 500), **head):
    """Runs a script and returns its message; None where that was broken off."""
    with target.connect(timeout=ANSWER_SECONDS) as connection:
        number = connection.request(
            fields=[("Content-Type", "application/json"), GZIP], method="POST", body=encode(ops, **head))
        try:
            message = connection.read(number)
        except TimeoutError as error:
            raise Violation(f"{name} got neither an answer nor the end: {error}") from error
        except (ConnectionEnded, OSError):
            return None
        if message.reset is not None:
            return None
        # The client of HTTP/2 reads no status that isn't in HPACK's own table.
        require(message.status in (*statuses, *((0,) if target.is_http2 else ())), f"{name} got {message.status}")
        require(INJECTED not in message.fields, f"{name}: a value became a field")
        return message


@attack("70,000 response fields", peak=96)
def many_response_fields(target):
    """Heads and trailers with as many fields as their type holds, and with as many as may be sent."""
    page = write_html(PAGE_LENGTH)
    sendable = SENDABLE_HTTP2 if target.is_http2 else SENDABLE
    for count in (COUNT, sendable, *((TOO_LONG_HTTP2,) if target.is_http2 else ())):
        fields = {"op": "fields", "count": count}
        for shown, ops in (
                ("fields", [fields, page]), ("fields of one name", [{**fields, "name": "X"}, page]),
                ("fields of a stream", [fields, write("a"), FLUSH, write("b")])):
            message = respond(target, f"{count} {shown}", ops)
            require(count != sendable or (message and message.status == 200), f"{count} {shown} were refused")
            # A head that is no frame of HTTP/2 is the end of the connection.
            require(count != TOO_LONG_HTTP2 or message is None or "one name" in shown, f"{count} {shown} were sent")
        if count == COUNT and target.is_http2:
            # NIO looks for each of them in its table, for a minute, and then ends the connection.
            continue
        respond(target, f"{count} trailers", [{"op": "trailers", "count": count}, page, FLUSH])
        respond(target, f"{count} interim fields", [{"op": "informational", "code": 103, "count": count}, page])
        target.check_next_client()


NAMES = ("Cookie", "Content-Encoding", "Content-Type", "Content-Length", "Cache-Control", "Connection", "ETag", "Vary")


@attack("odd response fields", peak=64)
def odd_response_fields(target):
    """Names, values and statuses that can't be sent: what goes out is a message all the same."""
    page = [write_html(PAGE_LENGTH)]
    for value in ODD_VALUES:
        shown = repr(value[:20])
        respond(target, shown, page, headers=HTML + [["X-Odd", value], ["ETag", value], ["Vary", value]])
        respond(target, f"trailer {shown}", [{"op": "trailers", "headers": [["X-Odd", value]]}, *page, FLUSH])
        respond(target, f"header {shown}", [{"op": "header", "name": name, "value": value} for name in NAMES] + page)
    for value, repeat in LONG_VALUES:
        # HTTP/2 has one way to send them, and takes its time to code them.
        for name in NAMES[:2] if target.is_http2 else NAMES:
            respond(target, f"{name}: {repeat} times {value!r}", [
                {"op": "header", "name": name, "value": value, "repeat": repeat}, *page])
    for name in ODD_NAMES:
        respond(target, repr(name[:20]), page, headers=HTML + [[name, "x"]])
        respond(target, f"trailer {name[:20]!r}", [{"op": "trailers", "headers": [[name, "x"]]}, *page, FLUSH])
    for code in STATUSES:
        allowed = ALLOWED.get(code, (500,))
        respond(target, f"status {code}", page, statuses=allowed, status=code)
        respond(target, f"status {code} by the handler", [{"op": "status", "code": code}, *page], statuses=allowed)
        respond(target, f"status {code} of a stream", [{"op": "status", "code": code}, FLUSH, *page], statuses=allowed)
    for code in (*STATUSES, 101):
        respond(target, f"interim {code}", [{"op": "informational", "code": code}, *page])
    target.check_next_client()
