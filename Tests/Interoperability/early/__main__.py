"""Measures early finish and flush on every adapter.

    python3 Tests/Interoperability/early SCRIPTED-SERVER [ADAPTER ...]

Prints one row per adapter, with gzip refused and with gzip accepted. It exits with 0 only if

- every figure is within its limit,
- all work after the responses was done, and nothing written late was seen,
- responses in progress at a shutdown arrive complete, even long ones, or break at their deadline if
  they are endless, and
- none of the work after a thousand responses is lost at a shutdown.

Adapters are measured sequentially. A measurement that misses a time limit is repeated, up to ATTEMPTS
times, because other work on the machine may cause delays. Every time is that of the slowest request.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "common"))

from counting import count_work  # noqa: E402
from ending import shut_down_underway  # noqa: E402
from measuring import Measurement  # noqa: E402
from servers import adapters, leave_on_sigterm, ScriptedServer  # noqa: E402
from shutdown import shut_down_open  # noqa: E402

ATTEMPTS = 3
PREFERRED = ["nio-h1", "hummingbird", "flyingfox", "nio-h2", "hummingbird-h2"]
COLUMNS = [("adapter", 16), ("gzip", 10), *((figure.title, 18) for figure in Measurement.FIGURES), ("work done", 10)]


def line(cells):
    return "".join(f"{cell:<{width}}" for cell, (_, width) in zip(cells, COLUMNS)).rstrip()


def measure(server, is_coded):
    for attempt in range(ATTEMPTS):
        measurement = Measurement(server, is_coded)
        measurement.run()
        if not measurement.late or measurement.failures:
            break
    cells = [server.adapter, "accepted" if is_coded else "refused"]
    cells += [measurement.text(figure) for figure in Measurement.FIGURES]
    print(line([*cells, str(measurement.work_done)]), flush=True)
    return report(measurement.failures + measurement.late)


def report(failures):
    for failure in failures:
        print(f"    {failure}", flush=True)
    return len(failures)


def shut_down(server):
    measurement = Measurement(server, is_coded=True)
    measurement.shut_down()
    return report(measurement.failures)


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: python3 Tests/Interoperability/early SCRIPTED-SERVER [ADAPTER ...]")
    leave_on_sigterm()
    executable, *chosen = sys.argv[1:]
    chosen = chosen or [adapter for adapter in PREFERRED if adapter in adapters(executable)]
    print(line([title for title, _ in COLUMNS]))
    failed = 0
    for adapter in chosen:
        with ScriptedServer(executable, adapter) as server:
            for is_coded in (False, True):
                failed += measure(server, is_coded)
            failed += shut_down(server)
        failed += report(shut_down_underway(executable, adapter))
        failed += report(shut_down_open(executable, adapter))
        failed += report(count_work(executable, adapter))
    print(f"\n{failed} figures do not hold")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
