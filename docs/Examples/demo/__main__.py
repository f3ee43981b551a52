"""Checks the demo server's promises by measurement, with a client that sees every byte.

    python3 docs/Examples/demo .build/debug/demo-server

Prints one row per scenario, with gzip refused and with gzip accepted. Exits with 0 only if every row holds.
"""

import sys

from scenarios import Demo
from server import Server

COLUMNS = [
    ("scenario", 28), ("gzip", 8), ("coding", 8), ("bytes", 6), ("first byte", 10), ("complete", 9),
    ("next answer", 11), ("closed", 7), ("work done", 9), ("late text", 9), ("", 4),
]


def line(cells):
    return "  ".join(f"{cell:<{width}}" for cell, (_, width) in zip(cells, COLUMNS)).rstrip()


def milliseconds(seconds):
    return "-" if seconds is None else f"{seconds * 1000:.0f} ms"


def cells(row):
    late_text = {None: "-", False: "not seen", True: "SEEN"}[row.late_text]
    return [
        row.scenario, "accepted" if row.accepted else "refused", row.coding or "-",
        "-" if row.length is None else str(row.length), milliseconds(row.first_byte),
        milliseconds(row.complete), milliseconds(row.next_answer), milliseconds(row.closed),
        milliseconds(row.work_done), late_text, "FAIL" if row.failures else "ok",
    ]


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: python3 docs/Examples/demo PATH-OF-DEMO-SERVER")
    failed = total = 0
    with Server(sys.argv[1]) as server:
        demo = Demo(server)
        demo.warm_up()
        print(line([name for name, _ in COLUMNS]))
        for row in demo.rows():
            total += 1
            failed += bool(row.failures)
            print(line(cells(row)), flush=True)
            for failure in row.failures:
                print(f"    {failure}", flush=True)
    status = server.process.returncode
    print(f"\n{total - failed} of {total} rows hold; the server ended with {status}"
          f" {server.stopped_after * 1000:.0f} ms after SIGTERM")
    sys.exit(1 if failed or status != 0 else 0)


if __name__ == "__main__":
    main()
