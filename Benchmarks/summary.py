"""Prints one row a benchmark from the samples that the benchmark plugin has written.

    python3 summary.py FOLDER [--check THRESHOLDS]
    python3 summary.py --names THRESHOLDS

A sample is the sum over 1,000 operations, in the unit that its file names. Where a benchmark named peer-X ran beside
response-X, the last column says how many times as long the peer takes.

THRESHOLDS is a JSON object: the name of a benchmark, and the most allocations that one operation may take. --check
fails where one takes more, or didn't run; --names prints the names alone. Times aren't checked: they depend on the
machine.
"""

import argparse
import json
import pathlib
import statistics
import sys

OPERATIONS = 1000
# What a sample counts in: nanoseconds, or allocations.
UNITS = {"(ns)": 1, "(μs)": 1e3, "(ms)": 1e6, "(s)": 1e9, "(K)": 1e3, "(M)": 1e6}
# The plugin's histogram keeps three digits and rounds up: 9,000 is read as 9,007. One allocation more an operation is
# always above this.
PRECISION = 1.01


def read(folder):
    results = {}
    for file in sorted(folder.glob("*.histogram.samples.tsv")):
        name, metric = file.name.removesuffix(".histogram.samples.tsv").split(".")[-2:]
        title, *samples = file.read_text().splitlines()
        unit = UNITS.get(title.split()[-1], 1)
        median = statistics.median(float(sample) for sample in samples if sample)
        results.setdefault(name, {})[metric] = median * unit / OPERATIONS
    return results


def duration(nanoseconds):
    return f"{nanoseconds:.0f} ns" if nanoseconds < 10_000 else f"{nanoseconds / 1000:.0f} µs"


def print_table(results):
    print("| benchmark | median | allocations | peer / ours |\n|---|---|---|---|")
    for name, metrics in sorted(results.items()):
        peer = results.get(name.replace("response-", "peer-")) if name.startswith("response-") else None
        ratio = f"{peer['wallClock'] / metrics['wallClock']:.2f}" if peer else ""
        print(f"| {name} | {duration(metrics['wallClock'])} | {metrics['Allocations']:g} | {ratio} |")


def failures(results, thresholds):
    """A line for each benchmark that allocates more than it may, or didn't run."""
    for name, limit in thresholds.items():
        allocations = results.get(name, {}).get("Allocations")
        if allocations is None:
            yield f"{name} didn't run, and has a threshold of {limit} allocations"
        elif allocations > limit * PRECISION:
            yield f"{name} takes {allocations:g} allocations, and may take {limit}"


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("folder", nargs="?", type=pathlib.Path)
    parser.add_argument("--check", type=pathlib.Path)
    parser.add_argument("--names", type=pathlib.Path)
    options = parser.parse_args()
    if options.names:
        return print("\n".join(json.loads(options.names.read_text())))
    if not options.folder:
        parser.error("which folder?")
    results = read(options.folder)
    print_table(results)
    if options.check:
        thresholds = json.loads(options.check.read_text())
        if failed := list(failures(results, thresholds)):
            sys.exit("\n".join(["", *failed]))
        print(f"\n{len(thresholds)} benchmarks allocate no more than they may")


if __name__ == "__main__":
    main()
