"""Clients that leave: half, at any byte, many at once."""

import concurrent.futures

from attack import attack
from connection import ConnectionEnded
from connections import connect
from content import Digest, digest, html, incompressible
from http2 import settings
from memory import ENVIRONMENT
from scripts import FLUSH, at_end, finish, mark, sleep, write, write_html, write_random
from servers import ScriptedServer, SideDoor
from target import require, wait_for

CLOSE_SECONDS = 10
REST_SECONDS = 0.001
PAGE, PAGE_CONTENT = write_html(3000), html(3000)
# What doesn't repeat within the window of the coding (32 KiB); twenty megabytes, and answers that differ in length.
PIECE, REPEAT, LONGER, LONG_ANSWERS = 64 * 1024, 320, 1000, 12
BY_WRITES = {"flyingfox": "a client that has left is missed by a write that fails, so that the handlers write on"}


def stream(target, run):
    """A response that goes on until its client is missed, well beyond any deadline."""
    head = [at_end(mark(f"{run}-end")), write(f"{run} "), FLUSH]
    if target.misses_by_writes:
        return head + [sleep(50), write("."), FLUSH] * 80
    return head + [sleep(60000), mark(f"{run}-stayed")]


def leave(connection, index):
    """Every other one by a reset."""
    if index % 2:
        connection.abort()
    else:
        connection.close()


def open_clients(target, script, connections, streams):
    """Clients whose responses have begun: connections with the numbers of their messages."""
    clients = []
    for index in range(connections):
        connection = target.connect(timeout=20)
        numbers = [target.ask(connection, script(index * streams + stream)) for stream in range(streams)]
        clients.append((connection, numbers))
    for connection, numbers in clients:
        messages = [connection.messages[number] for number in numbers]
        connection.read_until(lambda: all(message.body for message in messages))
    return clients


# 300 connections with their buffers and their scripts; an idle stream holds no encoder.
@attack("300 vanish mid-stream", peak=96, cannot=BY_WRITES)
def vanish(target):
    """Clients that have seen the first bytes are gone at once; the hooks run, the handlers end."""
    connections, streams = (30, 10) if target.is_http2 else (300, 1)
    count = connections * streams
    clients = open_clients(target, lambda index: stream(target, f"v{index}"), connections, streams)
    target.wait_for_live(count)
    target.check_next_client()
    for index, (connection, _) in enumerate(clients):
        leave(connection, index)
    marks = target.wait_for_marks(f"v{index}-end" for index in range(count))
    require(all(mark["cancelled"] for key, mark in marks.items() if key.endswith("-stayed")), "not cancelled")
    wrong = {mark["status"] for mark in marks.values()} - {"aborted"}
    require(not wrong, f"clients that left are {wrong}")


@attack("300 vanish after the end", peak=64)
def vanish_behind(target):
    """Clients that leave with their response: the work after it is still done."""
    connections, streams = (30, 10) if target.is_http2 else (300, 1)
    count = connections * streams
    clients = open_clients(
        target, lambda index: [at_end(mark(f"b{index}-end")), PAGE, finish(), sleep(300), mark(f"b{index}-done")],
        connections, streams)
    for connection, numbers in clients:
        for number in numbers:
            require(len(connection.read(number).content) == 3000, "wrong content")
    for index, (connection, _) in enumerate(clients):
        leave(connection, index)
    marks = target.wait_for_marks(f"b{index}-{key}" for index in range(count) for key in ("done", "end"))
    require(not any(marks[f"b{index}-done"]["cancelled"] for index in range(count)), "work was cancelled")


@attack("half-closed")
def half_closed(target):
    """Clients that close their sending side: before, within and after a request, and within the response.

    They count as gone, so that a response may be broken off; one that looks whole is all of it.
    """
    cases = {
        "silent": (lambda connection: None, None),
        "within a request": (lambda connection: connection.send(request(target, connection)[:-7]), None),
        "after a request": (lambda connection: connection.send(request(target, connection)), 2 * PAGE_CONTENT),
        "within the response": (
            lambda connection: begin(target, connection), b"half and half" if target.misses_by_writes else None),
        "after the response": (
            lambda connection: connection.read(target.ask(connection, [PAGE])), PAGE_CONTENT),
        "within a request's content": (lambda connection: connection.send(
            connection.request_bytes(method="POST", body=b"x" * 1000)[1][:-500]), None),
    }
    for _ in range(8):
        connections = []
        for name, (start, whole) in cases.items():
            connection = target.connect(timeout=CLOSE_SECONDS)
            start(connection)
            connection.close_sending()
            connections.append((name, connection, whole))
        for name, connection, whole in connections:
            try:
                if not target.server.is_tls:
                    check_whole_or_broken(name, connection, whole)
                connection.wait_for_end()
            except TimeoutError as error:
                raise TimeoutError(f"{name}: {error}") from error
            finally:
                connection.close()


def request(target, connection):
    return connection.request_bytes(fields=target.fields([PAGE, FLUSH, sleep(20), PAGE]))[1]


def begin(target, connection):
    number = target.ask(connection, stream(target, "half") if not target.misses_by_writes else [
        write("half"), FLUSH, sleep(200), write(" and half")])
    connection.read_until(lambda: connection.messages[number].body)


def check_whole_or_broken(name, connection, whole):
    """`whole` is the content of a response that comes to its end; None where there is no end to come."""
    for number, message in connection.messages.items():
        connection.read_or_lose(number)
        if message.ended and message.status == 200:
            length = len(message.content)
            require(message.content == whole, f"{name}: a response of {length} bytes that is whole and is not")


# HTTP/2 has no half-closed connections.
@attack("half-closed, allowed", versions=(1,))
def half_closed_allowed(target):
    """If the server allows it, a client that closes its sending side and reads slowly gets a whole long response."""
    with ScriptedServer(target.executable, target.adapter, "--allow-half-closed", environment=ENVIRONMENT) as server:
        answers = [HalfClosed(target, server, index) for index in range(LONG_ANSWERS)]
        door = SideDoor(server)
        try:
            wait_for(lambda: len(door.marks()) == LONG_ANSWERS, "all answers' begin")
            with concurrent.futures.ThreadPoolExecutor(LONG_ANSWERS) as pool:
                broken = [reason for reason in pool.map(HalfClosed.read, answers) if reason]
        finally:
            for answer in answers:
                answer.connection.close()
    require(not broken, f"of {LONG_ANSWERS} half-closed clients {len(broken)} lost the end: {'; '.join(broken)}")


class HalfClosed:
    """A client that has asked for a long answer, and says no more; no two are of one length, every third is coded."""

    def __init__(self, target, server, index):
        piece, self.is_coded = PIECE + index * LONGER, index % 3 == 2
        op = write_random(PIECE, REPEAT) if self.is_coded else write_html(piece, REPEAT)
        self.expected = digest(incompressible, PIECE, REPEAT) if self.is_coded else digest(html, piece, REPEAT)
        self.connection = connect(server, receive_buffer=32 * 1024, timeout=30)
        number = self.connection.request(
            fields=target.fields([FLUSH, mark(f"begun-{index}"), op], coded=self.is_coded))
        self.number, self.message = number, self.connection.messages[number]
        self.message.body = Digest()
        self.connection.close_sending()

    def read(self):
        """Reads all there is; says how the end is missing, if it is."""
        message = self.connection.read_slowly(self.number, REST_SECONDS)
        missing = self.expected[0] - message.body.length
        if not message.ended:
            return f"{missing} bytes of {'coded' if self.is_coded else 'plain'} content missing"
        require(message.is_coded == self.is_coded, f"coded is {message.is_coded}")
        require(message.body.value() == self.expected, f"a response that is whole and is not, {missing} bytes missing")
        return None


@attack("HTTP/1.0 broken off", versions=(1,), cannot={
    "flyingfox": "FlyingFox streams nothing in HTTP/1.0: what fails is answered with 500"})
def broken_off_by_the_end(target):
    """A handler that fails midway, where the end of the connection is that of the content: a reset is no end."""
    for coded in (False, True):
        with target.connect(timeout=CLOSE_SECONDS, speaks=False) as connection:
            connection.send(old_request(target, [PAGE, FLUSH, sleep(20), {"op": "throw"}], coded))
            try:
                while connection.receive():
                    pass
            except ConnectionResetError:
                head, _, content = bytes(connection.pending).partition(b"\r\n\r\n")
                require(head.split()[1] == b"200" and content == PAGE_CONTENT, "not what was flushed")
                continue
            require(target.adapter == "flyingfox", "an orderly end of what is broken off")
            require(connection.pending.split()[1] == b"500", "neither a reset nor 500")


def old_request(target, ops, coded):
    lines = [f"{name}: {value}" for name, value in target.fields(ops, coded)]
    return "\r\n".join(["GET / HTTP/1.0", "Host: hostile", *lines, "", ""]).encode()


@attack("reset at each byte")
def reset_response(target):
    """A response in small flushes, whose client resets the connection after each byte that it reads."""
    ops = [PAGE, FLUSH, *(op for number in range(12) for op in (write(f"{number} "), FLUSH))]
    with target.connect() as connection:
        whole = connection.read(target.ask(connection, ops))
        require(whole.ended, "the response is not whole")
        # The server's settings and acknowledgements may come in another order, and dates differ in length.
        length = connection.received - 40
    for count in range(length):
        connection = target.connect()
        target.ask(connection, ops)
        while connection.received < count:
            connection.portion = count - connection.received
            if not connection.receive():
                raise ConnectionEnded(f"the connection ended at byte {connection.received}")
        connection.abort()


@attack("reset each byte of body", versions=(2,))
def reset_streams(target):
    """The window ends at each byte of a body in turn, and there the stream is reset."""
    ops = [PAGE, FLUSH, PAGE, write("."), FLUSH, PAGE]
    with target.connect() as connection:
        length = len(connection.read(target.ask(connection, ops)).body)
    connection = target.connect(auto_window=False)
    for count in range(1, length):
        if count % 50 == 0:
            connection.abort() if count % 100 else connection.close()
            connection = target.connect(auto_window=False)
        connection.send(settings(initial_window_size=count))
        number = target.ask(connection, ops)
        message = connection.messages[number]
        connection.read_until(lambda: len(message.body) == count)
        require(not message.ended, f"the message ended at byte {count}")
        connection.reset(number)
    connection.close()


@attack("gone after the head")
def between_head_and_body(target):
    """Clients that leave when they have the head, before there is any content."""
    count = 40
    for index in range(count):
        ops = [at_end(mark(f"h{index}-end")), FLUSH, sleep(50), *stream(target, f"s{index}")]
        connection = target.connect()
        message = connection.messages[target.ask(connection, ops)]
        connection.read_until(lambda: message.head)
        require(not message.body, "there is content already")
        leave(connection, index)
    target.wait_for_marks(f"h{index}-end" for index in range(count))
    wait_for(lambda: not target.stats()["liveResponses"], "no live response")
