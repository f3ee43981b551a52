"""Attacks every adapter over the loopback interface, and checks that what has to hold does.

    python3 Tests/Interoperability/hostile SCRIPTED-SERVER [ADAPTER ...]

Prints a row an attack, a column an adapter: what the server's process was larger by at its peak. After each attack
the process is alive, the next client gets its coded response promptly, and within a deadline no response, no coder,
no task and no memory is left of it. Exits with 0 only if all of that holds.
"""

import concurrent.futures
import resource
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "common"))

from attack import ATTACKS  # noqa: E402
from memory import MEGABYTE  # noqa: E402
from servers import adapters, leave_on_sigterm  # noqa: E402
from target import Target  # noqa: E402
# The light ones first: what they leave can't hide in what the heavy ones have left.
import accepting, asking, garbage, fields, lasting, reading, leaving, refusing, streams, writability  # noqa: E401,E402,F401

OPEN_FILES = 4096
PREFERRED = ["nio-h1", "hummingbird", "flyingfox", "nio-h2", "hummingbird-h2"]


class Cell:
    """How one attack on one adapter went."""

    def __init__(self, text, failures=()):
        self.text, self.failures = text, list(failures)


def allow_open_files():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft < limit:
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))


class Row:
    """The cells of an attack, as they come."""

    def __init__(self, name, chosen):
        self.name = name
        self.cells = {adapter: concurrent.futures.Future() for adapter in chosen}


def run_one(target, attack):
    if not attack.fits(target):
        return Cell("-")
    peak, failures = target.run(attack)
    limited = "*" if target.adapter in attack.cannot else ""
    return Cell("FAIL" if failures else f"{peak / MEGABYTE:.0f} MB{limited}", failures)


def attack_adapter(executable, adapter, rows, interrupted):
    """Runs all attacks on one adapter, one by one."""
    target = Target(executable, adapter)
    try:
        target.start()
        for row, attack in zip(rows, ATTACKS):
            if interrupted.is_set():
                break
            row.cells[adapter].set_result(run_one(target, attack))
    except Exception as error:
        for row in rows[:-1]:
            if not row.cells[adapter].done():
                row.cells[adapter].set_result(Cell("FAIL", [f"{type(error).__name__}: {error}"]))
    finally:
        failure = target.stop()
        rows[-1].cells[adapter].set_result(Cell("FAIL", [failure]) if failure else Cell("ok"))


def print_row(row, width):
    """Waits for the cells of a row; returns how many of them did not hold."""
    cells = {adapter: future.result() for adapter, future in row.cells.items()}
    print(f"{row.name:<{width}}" + "".join(f"{cell.text:<16}" for cell in cells.values()), flush=True)
    for adapter, cell in cells.items():
        for reason in cell.failures:
            print(f"    {adapter}: {reason}", flush=True)
    return sum(bool(cell.failures) for cell in cells.values())


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: python3 Tests/Interoperability/hostile SCRIPTED-SERVER [ADAPTER ...]")
    executable, *chosen = sys.argv[1:]
    started = time.monotonic()
    allow_open_files()
    known = adapters(executable)
    chosen = chosen or [adapter for adapter in PREFERRED if adapter in known]
    if unknown := [adapter for adapter in chosen if adapter not in known]:
        sys.exit(f"this server was not built with {', '.join(unknown)}")
    rows = [Row(attack.name, chosen) for attack in ATTACKS] + [Row("ends on SIGTERM", chosen)]
    width = max(len(row.name) for row in rows) + 2
    print(f"{'attack':<{width}}" + "".join(f"{adapter:<16}" for adapter in chosen), flush=True)
    # Whatever ends this, each thread ends its server.
    leave_on_sigterm()
    interrupted = threading.Event()
    threads = [
        threading.Thread(target=attack_adapter, args=(executable, adapter, rows, interrupted)) for adapter in chosen]
    try:
        for thread in threads:
            thread.start()
        failed = sum(print_row(row, width) for row in rows)
    finally:
        interrupted.set()
        for thread in threads:
            if thread.ident:
                thread.join()
    for attack in ATTACKS:
        for adapter, reason in attack.cannot.items():
            if adapter in chosen:
                print(f"* {attack.name}, {adapter}: {reason}")
    print(f"{failed} cells do not hold; {time.monotonic() - started:.0f} s")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
