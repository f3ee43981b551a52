"""Work after a thousand early finishes when the server shuts down: all of it is done, named or kept."""

import collections
import contextlib
import re
import tempfile
import time
from pathlib import Path

from connections import connect
from scripts import encode, finish, sleep, write_html
from servers import ScriptedServer

COUNT, CONNECTIONS = 1000, 20
STREAMS = 10
DRAIN_SECONDS, END_SECONDS = 1, 30
BRIEF_MILLISECONDS, LONG_MILLISECONDS = 20, 60_000
NAMED = re.compile(r"work after a response was cancelled.*\bwork=(\S+)|\bwork=(\S+).*work after a response was cancelled")


def count_work(executable, adapter):
    """Sends the requests, ends the server when the last answer is there, and counts. Returns what does not hold."""
    with tempfile.TemporaryDirectory() as folder:
        journal = Path(folder, "journal")
        options = [
            "--work-journal", str(journal), "--released-limit", str(2 * COUNT),
            "--drain-deadline", f"{DRAIN_SECONDS * 1000}"]
        with ScriptedServer(executable, adapter, *options) as server:
            expected = ask(server)
            server.process.terminate()
            started = time.monotonic()
            try:
                server.process.wait(END_SECONDS)
            except Exception:
                return [f"work at the end: the process runs on {time.monotonic() - started:.0f} s later"]
            named = names_in_log(server)
        return list(compare(expected, named, journal.read_text().splitlines()))


def ask(server):
    """Sends all requests, each with its work; returns the names of the work."""
    names = []
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(connect(server)) for _ in range(CONNECTIONS)]
        together = STREAMS if server.is_http2 else 1
        for first in range(0, COUNT, CONNECTIONS * together):
            requests = []
            for number in range(first, min(first + CONNECTIONS * together, COUNT)):
                connection = connections[number % CONNECTIONS]
                ops = works(number)
                names += [op["name"] for op in ops]
                requests.append((connection, connection.request(
                    method="POST", fields=[("Content-Type", "application/json"), ("Accept-Encoding", "gzip")],
                    body=encode([write_html(6200), *ops, finish()]))))
            for connection, request in requests:
                if not connection.read(request).ended:
                    raise RuntimeError("an answer isn't whole")
    return names


def works(number):
    """Work that is soon done, that is cancelled, that is cancelled and can't be kept, and that never starts."""
    def work(kind, milliseconds, is_kept=True):
        name = f"{kind}-{number}"
        return {"op": "afterRelease", "name": name, "ops": [sleep(milliseconds)],
                **({"payload": name} if is_kept else {})}
    long = LONG_MILLISECONDS
    return [
        [work("brief", BRIEF_MILLISECONDS)], [work("long", long)], [work("unkept", long, is_kept=False)],
        [work("before", long, is_kept=False), work("behind", BRIEF_MILLISECONDS)]][number % 4]


def names_in_log(server):
    server.log.seek(0)
    text = server.log.read().decode("utf-8", "replace")
    found = (NAMED.search(line) for line in text.splitlines())
    return [match[1] or match[2] for match in found if match]


def compare(expected, named, journal):
    told = collections.defaultdict(list)
    for name in named:
        told[name].append("named")
    for line in journal:
        event, name = line.split()[:2]
        told[name].append(event)
    lost = [name for name in expected if not told[name]]
    twice = [f"{name}: {' and '.join(events)}" for name, events in told.items() if len(events) > 1]
    foreign = sorted(set(told) - set(expected))
    right = {"brief": "done", "long": "kept", "unkept": "named", "before": "named", "behind": "kept"}
    wrong = [f"{name}: {told[name][0]}" for name in expected if told[name] and told[name][0] != right[name.split("-")[0]]
             # What is brief may be overtaken by the deadline on a busy machine; then it is kept.
             and not (name.startswith("brief") and told[name][0] == "kept")]
    for what, names in (("lost", lost), ("told of twice", twice), ("unknown", foreign), ("wrong", wrong)):
        if names:
            yield f"work at the end: {len(names)} of {len(expected)} {what}: {', '.join(names[:5])}"
