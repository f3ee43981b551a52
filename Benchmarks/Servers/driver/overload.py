"""A server that is asked for twice what it can serve, with and without cheaper encoders under load.

Requests come when they are due, whether or not those before them are answered: what isn't sent in time waits here,
and its time counts.
"""

import asyncio
import collections
import sys
import time

import load
from selection import ACCEPT_ENCODING, Cell, Kind
from servers import Instance

LEVEL, PAGE = 6, "100k"
CELL = Cell("gzip-6", LEVEL, PAGE)
WITHOUT, WITH = Kind("nio-engines", "nio"), Kind("nio-lowered", "nio")
CONNECTIONS = 32
# The load is noticed within the first.
WARM_UP_SECONDS = 1


class Client(asyncio.Protocol):
    """A connection that has one request underway at a time."""

    def __init__(self, run):
        self.run, self.received, self.due = run, b"", None

    def connection_made(self, transport):
        self.transport = transport
        self.run.idle.append(self)
        self.run.send()

    def ask(self, due):
        self.due = due
        self.transport.write(self.run.request)

    def data_received(self, data):
        self.received += data
        head, separator, body = self.received.partition(b"\r\n\r\n")
        if not separator:
            return
        if b" 200 " not in head.split(b"\r\n", 1)[0]:
            return self.run.fail(head.decode("latin-1"))
        length = next((line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), None)
        if length is None:
            return self.run.fail("a page without a length")
        if len(body) >= int(length.split(b":")[1]):
            self.run.answered(self.due)
            self.received, self.due = b"", None
            self.run.idle.append(self)
            self.run.send()

    def connection_lost(self, error):
        self.run.fail(f"a connection ended: {error}")


class Run:
    """Requests at a rate, for some seconds."""

    def __init__(self, rate, seconds):
        self.rate, self.seconds = rate, seconds
        self.request = (f"GET /{PAGE} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: {ACCEPT_ENCODING}\r\n\r\n"
                        .encode())
        self.idle, self.waiting, self.latencies, self.failure = [], collections.deque(), [], None
        self.end = None

    def send(self):
        while self.idle and self.waiting:
            self.idle.pop().ask(self.waiting.popleft())

    def answered(self, due):
        now = time.monotonic()
        if due >= self.begin and now <= self.end:
            self.latencies.append(now - due)

    def fail(self, why):
        if not self.is_over:
            self.failure = self.failure or why

    @property
    def is_over(self):
        return self.end is not None and time.monotonic() > self.end

    async def drive(self, address):
        loop = asyncio.get_running_loop()
        start = time.monotonic()
        self.begin, self.end = start + WARM_UP_SECONDS, start + WARM_UP_SECONDS + self.seconds
        clients = [(await loop.create_connection(lambda: Client(self), *address))[0] for _ in range(CONNECTIONS)]
        count = 0
        while not self.is_over and not self.failure:
            while start + count / self.rate <= time.monotonic():
                self.waiting.append(start + count / self.rate)
                count += 1
            self.send()
            await asyncio.sleep(0.001)
        # Whatever has no answer has waited at least until now.
        asked = sum(1 for index in range(count) if self.begin <= start + index / self.rate <= self.end)
        for transport in clients:
            transport.abort()
        if self.failure:
            raise load.WrongResponse(self.failure)
        unanswered = max(0, asked - len(self.latencies))
        waited = sorted(self.latencies + [self.seconds] * unanswered)
        return {"requests_per_second": len(self.latencies) / self.seconds, "unanswered": unanswered,
                "p99_ms": 1000 * waited[int(len(waited) * 0.99)], "p50_ms": 1000 * waited[len(waited) // 2]}


def measure(tools, cores, folder, seconds):
    """Returns {server: figures}, at twice the rate that the server without it reaches."""
    with Instance(WITHOUT, LEVEL, tools, cores, folder) as instance:
        load.verify(instance, CELL, True)
        _, capacity = load.drive(instance, CELL, tools.wrk, cores, seconds)
    print(f"{WITHOUT.name} at level {LEVEL} serves {capacity:.0f} pages of {PAGE} a second", file=sys.stderr)
    results = {"capacity": round(capacity, 1), "rate": round(2 * capacity, 1)}
    for kind in (WITHOUT, WITH):
        with Instance(kind, LEVEL, tools, cores, folder) as instance:
            results[kind.name] = asyncio.run(Run(2 * capacity, max(5, seconds)).drive(instance.address))
    return results


def print_overload(results):
    without, lowered = results[WITHOUT.name], results[WITH.name]
    print(f"\n## Twice the load: {results['rate']:.0f} requests a second, pages of {PAGE} at level {LEVEL}\n")
    print("| server | answers a second | median ms | p99 ms | unanswered |\n|---|---:|---:|---:|---:|")
    for name in (WITHOUT.name, WITH.name):
        figures = results[name]
        print(f"| {name} | {figures['requests_per_second']:.0f} | {figures['p50_ms']:.0f} | {figures['p99_ms']:.0f} "
              f"| {figures['unanswered']} |")
    print(f"\nWith cheaper encoders: {lowered['requests_per_second'] / without['requests_per_second']:.2f} of the rate "
          f"(1.5 or more), {lowered['p99_ms'] / without['p99_ms']:.2f} of the p99 (0.5 or less)")
