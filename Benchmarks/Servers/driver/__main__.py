"""Drives every server of the comparison with wrk, in alternating rounds.

    python3 Benchmarks/Servers/driver BENCH-SERVER [--rounds N] [--seconds N] [--only "PATTERN ..."] [--measure ...]

--measure overload asks a server for twice what it can serve, with and without cheaper encoders under load;
--measure tracing compares the servers with a build that has the trait Tracing.

Servers have one core, wrk has another. Prints, for each coding and page, the CPU time that a request takes of the
server, which is the least of the rounds, and how it compares with the neighbours'; then what a connection keeps of
memory. Everything is written to a file as JSON too. A server that isn't on the machine is left out with a word; as
root, where apt is, it is installed.

A pattern of --only is the name of a server or of a cell, such as "nio-*" or "gzip-6/1k".
"""

import argparse
import contextlib
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import load
import memory
import overload
import pages
import report
import selection
import toolbox
import tracing
from servers import Cores, Instance


def arguments():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("executable", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=1, help="how long wrk runs for a cell of a round")
    parser.add_argument("--only", default="", help="names of servers and cells, or patterns of them")
    parser.add_argument("--measure", default="speed memory", help="speed, memory, overload, tracing, or some of them")
    parser.add_argument("--with-tracing", type=Path, metavar="BENCH-SERVER",
                        help="the servers built with the trait Tracing, for --measure tracing")
    parser.add_argument("--streams", type=int, default=5000, help="how many connections memory is measured with")
    parser.add_argument("--results", type=Path, help="where the JSON goes")
    options = parser.parse_args()
    options.measure = options.measure.split()
    if unknown := set(options.measure) - {"speed", "memory", "overload", "tracing"}:
        parser.error(f"--measure doesn't know {', '.join(sorted(unknown))}")
    if "tracing" in options.measure and not options.with_tracing:
        parser.error("--measure tracing needs --with-tracing")
    if min(options.rounds, options.seconds, options.streams) < 1:
        parser.error("rounds, seconds and streams are at least 1")
    return options


def measure_speed(kinds, cells, tools, cores, folder, options):
    """Returns {cell: {server: figures}}."""
    with contextlib.ExitStack() as running:
        entries = []
        instances = {}
        for cell in cells:
            for kind in kinds:
                if not kind.takes(cell):
                    continue
                # Only the level makes another process of the same kind.
                key = kind.name, cell.level if kind.codes else None
                if key not in instances:
                    instances[key] = running.enter_context(Instance(kind, cell.level, tools, cores, folder))
                entries.append((cell, kind, instances[key]))
        results = {cell.name: {} for cell in cells}
        for cell, kind, instance in entries:
            size = load.verify(instance, cell, kind.codes)
            results[cell.name][kind.name] = {"bytes": size, "cpu_us": [], "requests_per_second": []}
        started = time.monotonic()
        for number in range(options.rounds):
            # Reversed every other time, so that no server always runs after the same one.
            for cell, kind, instance in entries if number % 2 == 0 else reversed(entries):
                cpu, rate = load.drive(instance, cell, tools.wrk, cores, options.seconds)
                figures = results[cell.name][kind.name]
                figures["cpu_us"].append(round(cpu, 3))
                figures["requests_per_second"].append(round(rate, 1))
            print(f"round {number + 1} of {options.rounds}: {time.monotonic() - started:.0f} s", file=sys.stderr,
                  flush=True)
        return results


def main():
    options = arguments()
    # Told to end, it leaves its blocks in order, and ends with that the servers that it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))
    folder = Path(tempfile.mkdtemp(prefix="bench-servers-"))
    try:
        tools = toolbox.prepare(options.executable, options.with_tracing, folder)
        kinds, cells = selection.select(options.only.split(), tools)
        cores = Cores()
        pages.write(folder)
        results = {"machine": toolbox.machine(tools, cores), "date": time.strftime("%Y-%m-%d"),
                   "rounds": options.rounds, "seconds": options.seconds, "connections": load.CONNECTIONS}
        if "speed" in options.measure:
            results["cells"] = measure_speed(kinds, cells, tools, cores, folder, options)
            report.print_speed(results["cells"])
        if "memory" in options.measure:
            gzip_kinds = [kind for kind in kinds if kind.token == "gzip"]
            results["memory"] = memory.measure(gzip_kinds, tools, cores, folder, options.streams)
            report.print_memory(results["memory"], options.streams)
        if "overload" in options.measure:
            results["overload"] = overload.measure(tools, cores, folder, options.seconds)
            overload.print_overload(results["overload"])
        if "tracing" in options.measure:
            results["tracing"] = tracing.measure(tools, cores, folder, options.rounds, options.seconds)
            tracing.print_tracing(results["tracing"])
        if options.results:
            options.results.parent.mkdir(parents=True, exist_ok=True)
            options.results.write_text(json.dumps(results, indent=1) + "\n")
            print(f"\nAll figures: {options.results.resolve()}")
    except (load.WrongResponse, RuntimeError, OSError, subprocess.TimeoutExpired) as error:
        sys.exit(f"{type(error).__name__}: {error}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
