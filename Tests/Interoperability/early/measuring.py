"""What is measured of one adapter, and within which limits."""

import contextlib
import time
import zlib

from connections import connect
from content import html
from scripts import FLUSH, WORK, field, finish, mark, scenarios, write, write_html
from servers import SideDoor

COUNT = 100
STREAMS = 10
FLUSHES = 20
PAGE_LENGTH = 6200
PROMPT_SECONDS = 0.1
FLUSH_SECONDS = 0.05
DONE_SECONDS = 10
LATE_TEXT = scenarios.LATE_TEXT


class Figure:
    """A time that has to be within a limit.

    Many at once may take as long as ordinary requests do, five times over: what a debug build, or a busy machine,
    needs for these is no delay of an answer.
    """

    ORDINARY_FACTOR = 5

    def __init__(self, title, limit=None, is_crowd=False):
        self.title, self.limit, self.is_crowd = title, limit, is_crowd

    def holds(self, seconds, ordinary):
        if self.limit is None:
            return True
        return seconds <= (max(self.limit, self.ORDINARY_FACTOR * ordinary) if self.is_crowd else self.limit)


class Measurement:
    """One run of all that is measured; times are in seconds, each that of the slowest."""

    ORDINARY = Figure(f"{COUNT} ordinary")
    WHOLE = Figure(f"{COUNT} early, whole", PROMPT_SECONDS, is_crowd=True)
    NEXT = Figure("next on each", PROMPT_SECONDS, is_crowd=True)
    CLOSED = Figure(f"{COUNT} early, FIN", PROMPT_SECONDS, is_crowd=True)
    STREAMS = Figure(f"{STREAMS} streams on one", PROMPT_SECONDS)
    FLUSHED = Figure("flush decoded", FLUSH_SECONDS)
    FIGURES = [ORDINARY, WHOLE, NEXT, CLOSED, STREAMS, FLUSHED]

    def __init__(self, server, is_coded):
        self.server, self.is_coded = server, is_coded
        self.accept = "Accept-Encoding", "gzip" if is_coded else "identity"
        self.door = SideDoor(server)
        self.seconds = {}
        self.failures = []
        self.overtaken = []
        self.work_done = 0
        self.works = 0

    @property
    def late(self):
        """What fails by its time alone."""
        return self.overtaken + [
            f"{figure.title}: {seconds * 1000:.0f} ms" for figure, seconds in self.seconds.items()
            if not figure.holds(seconds, self.seconds[self.ORDINARY])]

    def text(self, figure):
        return f"{self.seconds[figure] * 1000:.0f} ms" if figure in self.seconds else "-"

    def require(self, holds, reason):
        if not holds and reason not in self.failures:
            self.failures.append(reason)

    def require_work_behind(self, event):
        """None of the work, of a second each, is done yet; asking takes its time too."""
        if self.done():
            self.overtaken.append(f"the work was done before {event}")

    def run(self):
        self.door.reset()
        self.ordinary()
        self.at_once()
        if self.server.is_http2:
            self.streams()
        else:
            self.closing()
        self.flushes()

    def fields(self, ops):
        return [self.accept, field(ops)]

    def early(self, connection="keepAlive"):
        """A script that works for a second after its response, and writes bytes to be discarded."""
        self.works += 1
        return self.fields([
            write_html(PAGE_LENGTH), finish(connection), WORK, write(LATE_TEXT), mark(f"done-{self.works}")])

    def page(self):
        return self.fields([write_html(PAGE_LENGTH)])

    def ordinary(self):
        """Twice, for the first requests of a process pay for what all others find done."""
        for _ in range(2):
            with self.connections(COUNT) as connections:
                self.seconds[self.ORDINARY] = self.send(connections, self.page)

    @contextlib.contextmanager
    def connections(self, count):
        """So many connections, or a tenth of them with ten streams each."""
        with contextlib.ExitStack() as stack:
            share = STREAMS if self.server.is_http2 else 1
            yield [
                connection
                for connection in [stack.enter_context(connect(self.server)) for _ in range(count // share)]
                for _ in range(share)]

    def send(self, connections, fields):
        """Sends a request on each, and reads all the answers; returns how long that took."""
        requests = [(connection, *connection.request_bytes(fields=fields())) for connection in connections]
        started = time.monotonic()
        for connection, _, data in requests:
            connection.send(data)
        messages = [connection.read(number) for connection, number, _ in requests]
        seconds = time.monotonic() - started
        for message in messages:
            self.require(message.is_coded == self.is_coded, "wrong coding")
            self.require(message.content == html(PAGE_LENGTH), "wrong content")
            self.require("content-length" in message.fields or self.server.is_http2, "no exact length")
        return seconds

    def at_once(self):
        with self.connections(COUNT) as connections:
            self.seconds[self.WHOLE] = self.send(connections, self.early)
            self.seconds[self.NEXT] = self.send(connections, self.page)
            self.require_work_behind("the next answers")
            self.wait_for_work()
            for connection in set(connections):
                self.require_silence(connection)

    def closing(self):
        with self.connections(COUNT) as connections:
            started = time.monotonic()
            for connection in connections:
                connection.request(fields=self.early("close"))
            for connection in connections:
                connection.wait_for_end()
            self.seconds[self.CLOSED] = time.monotonic() - started
            for connection in connections:
                self.require(connection.read_or_lose(0).content == html(PAGE_LENGTH), "wrong content before FIN")
                self.require(not connection.pending, "bytes after the message before FIN")
            self.require_work_behind("the connections were closed")
            self.wait_for_work()

    def streams(self):
        """One stream's finish never waits for another's work, nor for one that is written to all the time."""
        with connect(self.server) as connection:
            connection.request(fields=self.fields([write("busy", 1), FLUSH, WORK, WORK]))
            self.seconds[self.STREAMS] = self.send([connection] * STREAMS, self.early)
            self.require_work_behind("the streams' ends")
            self.wait_for_work()

    def flushes(self):
        self.seconds[self.FLUSHED] = max(self.flush(number) for number in range(FLUSHES))

    def flush(self, number):
        """How long it takes until the client has decoded what a handler flushed that then waits for the client."""
        text, key = b"<p>Here you are.</p>", f"flushed-{number}"
        with connect(self.server) as connection:
            started = time.monotonic()
            message = connection.messages[connection.request(
                fields=self.fields([write(text.decode()), FLUSH, {"op": "await", "key": key}]))]
            connection.read_until(lambda: self.decoded(message) == text)
            seconds = time.monotonic() - started
            self.door.get(f"/signal?key={key}", method="POST")
            connection.read_until(lambda: message.ended)
            self.require(message.is_coded == self.is_coded, "wrong coding of what was flushed")
            self.require(message.content == text, "wrong content after a flush")
        return seconds

    def shut_down(self):
        """A server that is told to end completes the responses that are underway."""
        text = html(PAGE_LENGTH)
        with self.connections(STREAMS) as connections:
            requests = [
                (connection, connection.request(fields=self.fields([
                    write_html(PAGE_LENGTH), FLUSH, {"op": "sleep", "ms": 500}, write_html(PAGE_LENGTH)])))
                for connection in connections]
            for connection, number in requests:
                message = connection.messages[number]
                connection.read_until(lambda: self.decoded(message) == text)
            self.server.process.terminate()
            for connection, number in requests:
                message = connection.read_or_lose(number)
                self.require(message.ended and message.content == text + text, "broken off by the shutdown")

    @staticmethod
    def decoded(message):
        """What a client can decode so far."""
        if not message.is_coded:
            return bytes(message.body)
        return zlib.decompressobj(31).decompress(bytes(message.body))

    def done(self):
        return [request for request in self.door.get("/marks")["requests"] if request["marks"]]

    def wait_for_work(self):
        """All work after responses is done, and everything written there was discarded and counted."""
        deadline = time.monotonic() + DONE_SECONDS
        while len(done := self.done()) < self.works and time.monotonic() < deadline:
            time.sleep(0.05)
        self.require(len(done) == self.works, f"of {self.works} works {len(done)} were done")
        for request in done:
            self.require(request["bytesDiscarded"] == len(LATE_TEXT), "late text was not counted as discarded")
        self.work_done += len(done)
        self.works = 0
        self.door.reset()

    def require_silence(self, connection):
        """Nothing follows the messages on the connection, except connection frames of HTTP/2."""
        connection.socket.settimeout(0.001)
        with contextlib.suppress(TimeoutError):
            while True:
                if self.server.is_http2:
                    connection.read_piece()
                elif not connection.receive():
                    break
        self.require(
            not connection.pending if not self.server.is_http2 else
            all(LATE_TEXT.encode() not in message.body for message in connection.messages.values()),
            "something written late was seen")
