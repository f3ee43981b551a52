"""A server under attack: how attacks reach it, and what has to hold when they are over."""

import contextlib
import time

from attack import Attack
from connections import connect, fetch
from content import html
from memory import ENVIRONMENT, MEGABYTE, Memory
from scripts import encode, field, write_html
from servers import ScriptedServer, SideDoor

PAGE_LENGTH = 6200
LONGEST_FIELD = 256
# The servers share two cores with each other and with their attackers.
PROMPT_SECONDS = 5
ANSWER_SECONDS = 30
IDLE_SECONDS = 15
IDLE_FIGURES = ("liveResponses", "liveCoders", "afterResponseTasks")


def accept(coded):
    return "Accept-Encoding", "gzip" if coded else "identity"


class Violation(Exception):
    """Something that has to hold does not."""


class Doubt(Violation):
    """A figure that other work on the machine can spoil: a violation where it is so in every repetition."""


def require_figure(holds, reason):
    if not holds:
        raise Doubt(reason)


def require(holds, reason):
    if not holds:
        raise Violation(reason)


def wait_for(probe, what, seconds=10):
    """Asks until there is an answer that isn't false, and returns it."""
    deadline = time.monotonic() + seconds
    while not (answer := probe()):
        require(time.monotonic() < deadline, f"{what}: not within {seconds} s")
        time.sleep(0.02)
    return answer


class Target:
    """One adapter, served by a process that is restarted when an attack has ended it.

    Nothing is started before `start`, so that the caller can always `stop` a target that it has made.
    """

    # FlyingFox doesn't read a connection during a response, so only a write detects that a client has left.
    MISSES_BY_WRITES = ("flyingfox",)

    def __init__(self, executable, adapter):
        self.executable, self.adapter = executable, adapter
        self.server = None

    def start(self):
        self.server = ScriptedServer(self.executable, self.adapter, environment=ENVIRONMENT)
        self.door = SideDoor(self.server, timeout=2 * IDLE_SECONDS)
        self.memory = Memory(self.server.process.pid)
        # What is in doubt here, the first attack sees.
        with contextlib.suppress(Doubt):
            self.check_next_client()

    def stop(self):
        """Ends the server; returns what is wrong with that, if anything is."""
        if self.server is None:
            return "it did not start"
        self.server.__exit__()
        code = self.server.process.returncode
        return None if code == 0 else f"ended with {code} on SIGTERM: {self.server.log_tail()}"

    @property
    def is_http2(self):
        return self.server.is_http2

    @property
    def misses_by_writes(self):
        return self.adapter in self.MISSES_BY_WRITES

    def connect(self, **options):
        return connect(self.server, **options)

    # Requests

    def fields(self, ops, coded=True, **head):
        """The fields of a request that carries a script."""
        return [field(ops, **head), accept(coded)]

    def ask(self, connection, ops, coded=True, **head):
        """Sends a script, as content where it is long: FlyingFox takes the square of a field's length for it."""
        script = encode(ops, **head)
        if len(script) <= LONGEST_FIELD:
            return connection.request(fields=self.fields(ops, coded, **head))
        return connection.request(
            fields=[("Content-Type", "application/json"), accept(coded)], method="POST", body=script)

    # Observations

    def stats(self):
        return self.door.stats()

    def marks(self):
        return self.door.marks()

    def wait_for_marks(self, keys, seconds=IDLE_SECONDS):
        """Waits until all of these marks are set, and returns all marks."""
        keys = set(keys)
        marks = {}

        def are_set():
            nonlocal marks
            marks = self.marks()
            return keys <= marks.keys()

        deadline = time.monotonic() + seconds
        while not are_set():
            missing = sorted(keys - marks.keys())
            require(time.monotonic() < deadline, f"{len(missing)} of {len(keys)} marks are missing: {missing[:3]}")
            time.sleep(0.05)
        return marks

    def wait_for_live(self, count, seconds=IDLE_SECONDS):
        wait_for(lambda: self.stats()["liveResponses"] >= count, f"{count} live responses", seconds)

    # What has to hold

    def check_next_client(self):
        started = time.monotonic()
        message = fetch(
            self.server, fields=self.fields([write_html(PAGE_LENGTH)]), timeout=ANSWER_SECONDS)
        require(message.status == 200, f"the next client got {message.status}")
        require(message.is_coded, "the next client got no coded response")
        require(message.content == html(PAGE_LENGTH), "the next client got something else")
        elapsed = time.monotonic() - started
        require_figure(elapsed <= PROMPT_SECONDS, f"the next client waited for {elapsed:.1f} s")

    def check_idle(self):
        left = {}

        def is_idle():
            nonlocal left
            stats = self.stats()
            left = {name: stats[name] for name in IDLE_FIGURES if stats[name]}
            return not left

        deadline = time.monotonic() + IDLE_SECONDS
        while not is_idle():
            require(time.monotonic() < deadline, f"after {IDLE_SECONDS} s there are still {left}")
            time.sleep(0.05)

    def settle(self):
        """What holds between attacks: alive, serving, idle. Returns the resident bytes."""
        self.check_next_client()
        self.check_idle()
        self.door.reset()
        return self.stats()["residentBytes"]

    def run(self, attack):
        """Attacks; returns what the process was larger by at its peak, in bytes, and what did not hold."""
        if self.server.process.poll() is not None:
            self.start()
        peak, failures, doubts = self.run_once(attack)
        for _ in range(Attack.REPETITIONS):
            if failures or not doubts:
                return peak, failures
            again, failures, doubts = self.run_once(attack)
            peak = max(peak, again)
        return peak, failures + [f"each time: {doubt}" for doubt in doubts]

    def run_once(self, attack):
        """Attacks; returns the bytes at the peak, what did not hold, and what is in doubt."""
        failures, doubts = [], []

        def attempt(action):
            try:
                return action()
            except Doubt as doubt:
                doubts.append(str(doubt))
            except Exception as error:  # whatever it is, it is not as it should be
                failures.append(describe(error))

        before = attempt(self.settle)
        if before is None:
            return 0, failures, doubts
        self.memory.forget_peak()
        own = attempt(lambda: attack.run(self)) or 0
        peak = max(own, self.memory.peak() - before)
        kept = (attempt(self.settle) or before) - before
        if peak > attack.peak * MEGABYTE:
            failures.append(f"the process was larger by {peak / MEGABYTE:.0f} MB")
        if kept > Attack.KEPT_MEGABYTES * MEGABYTE:
            doubts.append(f"the process keeps {kept / MEGABYTE:.0f} MB more")
        code = self.server.process.poll()
        if code is not None:
            failures.append(f"the server ended with {code}: {self.server.log_tail()}")
        return peak, failures, doubts


def describe(error):
    return str(error) if isinstance(error, Violation) else f"{type(error).__name__}: {error}"


class Standstill:
    """Waits until what is probed doesn't change any more."""

    STILL_SECONDS = 0.4

    def __init__(self, probe, seconds=20):
        self.probe, self.seconds = probe, seconds

    def wait(self):
        deadline = time.monotonic() + self.seconds
        last, since = self.probe(), time.monotonic()
        while time.monotonic() - since < self.STILL_SECONDS:
            require(time.monotonic() < deadline, f"nothing stands still within {self.seconds} s: {last}")
            time.sleep(0.05)
            if (now := self.probe()) != last:
                last, since = now, time.monotonic()
        return last
