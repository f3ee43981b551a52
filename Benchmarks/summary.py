"""Prints one row a benchmark from the samples that the benchmark plugin has written.

    python3 summary.py FOLDER

A sample is the sum over 1,000 operations, in the unit that its file names. Where a benchmark named peer-X ran beside response-X, the last column
says how many times as long the peer takes.
"""

import pathlib
import statistics
import sys

OPERATIONS = 1000
# What a sample counts in: nanoseconds, or allocations.
UNITS = {"(ns)": 1, "(μs)": 1e3, "(ms)": 1e6, "(s)": 1e9, "(K)": 1e3, "(M)": 1e6}


def read(folder):
    results = {}
    for file in sorted(pathlib.Path(folder).glob("*.histogram.samples.tsv")):
        name, metric = file.name.removesuffix(".histogram.samples.tsv").split(".")[-2:]
        title, *samples = file.read_text().splitlines()
        unit = UNITS.get(title.split()[-1], 1)
        median = statistics.median(float(sample) for sample in samples if sample)
        results.setdefault(name, {})[metric] = median * unit / OPERATIONS
    return results


def duration(nanoseconds):
    return f"{nanoseconds:.0f} ns" if nanoseconds < 10_000 else f"{nanoseconds / 1000:.0f} µs"


def main():
    results = read(sys.argv[1])
    print("| benchmark | median | allocations | peer / ours |\n|---|---|---|---|")
    for name, metrics in sorted(results.items()):
        peer = results.get(name.replace("response-", "peer-")) if name.startswith("response-") else None
        ratio = f"{peer['wallClock'] / metrics['wallClock']:.2f}" if peer else ""
        print(f"| {name} | {duration(metrics['wallClock'])} | {metrics['Allocations']:g} | {ratio} |")


if __name__ == "__main__":
    main()
