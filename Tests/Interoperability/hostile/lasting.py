"""Many requests on one connection, and many connections without one."""

import collections
import select
import zlib

from attack import attack
from content import Digest, html
from memory import MEGABYTE
from scripts import FLUSH, finish, mark, sleep, write, write_html
from target import require, require_figure

REQUESTS = 10_000
UNDERWAY = 50
EVERY = 1000
# A page is coded from 1024 bytes on.
PAGE_LENGTH = 1100


@attack("10,000 on a connection")
def ten_thousand(target):
    """Every tenth one a coded page, the others without content; the process does not grow with their number."""
    page = target.fields([write_html(PAGE_LENGTH)])
    sizes = []
    with target.connect(timeout=30) as connection:
        underway = collections.deque()
        for index in range(REQUESTS):
            if index % EVERY == 0:
                # The server's own records are not the library's.
                target.door.reset()
                sizes.append(target.memory.resident())
            if index % UNDERWAY == 0:
                send_batch(connection, page, underway)
            number, has_page = underway.popleft()
            message = connection.read(number)
            require(message.status == 200 and message.ended, f"request {index}: {message.status}")
            require(message.content == (html(PAGE_LENGTH) if has_page else b""), f"request {index}: wrong content")
            require(message.is_coded == has_page, f"request {index}: coded is {message.is_coded}")
            del connection.messages[number]
    # FlyingFox times each request, and the runtime keeps a timer that isn't needed any more until its minute is over.
    bound = 12 if target.adapter == "flyingfox" else 4
    growth = sizes[-1] - sizes[2]
    require_figure(growth < bound * MEGABYTE, f"{growth / MEGABYTE:.0f} MB more after 9,000 requests than after 2,000")


@attack("1,000 idle streams", peak=64)
def idle_streams(target):
    """Event streams that wait for their next event: none of them holds a coder, and each goes on where it was."""
    count, share = 1000, 100 if target.is_http2 else 1
    ops = [write_html(2000), FLUSH, {"op": "await", "key": "next"}, write_html(3000), FLUSH, write("end")]
    connections = [target.connect(timeout=30) for _ in range(count // share)]
    try:
        requests = []
        for connection in connections:
            for _ in range(share):
                requests.append((connection, connection.request(fields=target.fields(ops))))
        for connection, number in requests:
            message = connection.messages[number]
            connection.read_until(lambda: message.is_coded and decoded(message) == html(2000))
        live = target.stats()["liveCoders"]
        require(live == 0, f"{live} coders are with streams that are idle")
        target.door.get("/signal?key=next", method="POST")
        for connection, number in requests:
            message = connection.read(number)
            require(message.ended and message.content == html(2000) + html(3000) + b"end", "not what was written")
    finally:
        for connection in connections:
            connection.close()


def decoded(message):
    """What a client can decode so far."""
    return zlib.decompressobj(31).decompress(bytes(message.body))


def send_batch(connection, page, underway):
    data = bytearray()
    for index in range(UNDERWAY):
        has_page = index % 10 == 0
        number, request = connection.request_bytes(fields=page if has_page else ())
        underway.append((number, has_page))
        data += request
    connection.send(data)


def burst_cases(index):
    """Responses of each kind: the options of the request, the operations, the head, and the content."""
    text = f"response {index} "
    return [
        ({}, [write(text)], {}, text.encode()),
        ({}, [write_html(3000), write(text)], {}, html(3000) + text.encode()),
        ({}, [write(text), FLUSH, write_html(2000), FLUSH], {}, text.encode() + html(2000)),
        ({"method": "HEAD"}, [write_html(2000)], {}, b""),
        ({}, [write(text), finish(), sleep(30), write("late"), mark(f"done-{index}")], {}, text.encode()),
        ({}, [write(text)], {"status": 204}, b""),
        ({}, [write(text)], {"status": 304}, b""),
        ({"method": "POST", "body": b"x" * 100}, [write(text)], {"status": 404}, text.encode()),
        ({}, [], {}, b""),
    ]


@attack("burst of requests")
def burst(target):
    """Requests of all kinds in one write: each gets its own response, and after a close there is none."""
    rounds = 10 if target.is_http2 else 30
    for turn in range(3 if target.is_http2 else 1):
        with target.connect(timeout=30) as connection:
            data, expected, done = bytearray(), [], []
            for index in range(rounds):
                for options, ops, head, content in burst_cases(f"{turn}-{index}"):
                    number, request = connection.request_bytes(fields=target.fields(ops, **head), **options)
                    data += request
                    expected.append((number, head.get("status", 200), content))
                done.append(f"done-{turn}-{index}")
            behind = [] if target.is_http2 else close_behind(target, connection)
            connection.send(data + b"".join(behind))
            for number, status, content in expected:
                message = connection.read(number)
                require(message.ended and message.status == status, f"message {number}: {message.status}")
                require(message.content == content, f"message {number}: wrong content")
            if behind:
                number = expected[-1][0] + 1
                message = connection.read(number)
                require(message.fields.get("connection", "").lower() == "close", "no Connection: close")
                connection.wait_for_end()
                require(not connection.pending, "a response after the one that closes the connection")
        marks = target.wait_for_marks(done)
        require("behind" not in marks, "a request after the one that closes the connection was run")


def close_behind(target, connection):
    last = connection.request_bytes(fields=target.fields([write("last"), finish("close")]))[1]
    return [last, *(connection.request_bytes(fields=target.fields([mark("behind")]))[1] for _ in range(5))]


@attack("unread burst", versions=(1,))
def unread_burst(target):
    """Requests without end, none of whose responses is read: the server stops reading; read at last, all is there."""
    count, size, repeat = 600, 2048, 32
    fields = target.fields([write_html(size, repeat)], coded=False)
    with target.connect(receive_buffer=32 * 1024, timeout=60) as connection:
        data, numbers = bytearray(), []
        for _ in range(count):
            number, request = connection.request_bytes(fields=fields)
            connection.messages[number].body = Digest()
            numbers.append(number)
            data += request
        resident = target.memory.resident()
        sent = send_until_blocked(connection, data)
        growth = target.memory.resident() - resident
        require(growth < 16 * MEGABYTE, f"{growth / MEGABYTE:.0f} MB more for responses that aren't read")
        target.check_next_client()
        read = 0
        while sent < len(data):
            # What it takes is what it has answered.
            connection.read(numbers[read])
            read += 1
            sent += send_until_blocked(connection, data[sent:], 0)
        for number in numbers[read:]:
            connection.read(number)
        lengths = {connection.messages[number].body.length for number in numbers}
        require(lengths == {size * repeat}, f"responses of {lengths} bytes")


def send_until_blocked(connection, data, patience=0.5):
    sent = 0
    connection.socket.setblocking(False)
    # A thousand files may be open, with which `select` fails.
    writable = select.poll()
    writable.register(connection.socket, select.POLLOUT)
    while sent < len(data) and writable.poll(patience * 1000):
        try:
            sent += connection.socket.send(data[sent:sent + 65536])
        except BlockingIOError:
            pass
    return sent


# A TLS connection takes some 30 KB, in small pieces.
@attack("300 silent connections", peak=48)
def silent(target):
    """Connections without a request, or with half of one: other clients are served, and nothing leaks."""
    connections = []
    try:
        for index in range(300):
            connection = target.connect()
            connections.append(connection)
            if index % 3:
                connection.send(connection.request_bytes(fields=target.fields([write("x")]))[1][:index % 70])
        target.check_next_client()
        for index, connection in enumerate(connections):
            if index % 2:
                connection.abort()
    finally:
        for connection in connections:
            connection.close()
