"""What the trait `Tracing` costs a response of an application that has no tracer.

The same servers are built twice, without the trait and with it.
"""

import load
from selection import CELLS, KINDS
from servers import Instance

KIND_NAMES = ("hummingbird-handler", "hummingbird-middleware", "nio-ours")
CELL_NAMES = ("identity/1k", "gzip-6/1k")


def measure(tools, cores, folder, rounds, seconds):
    """Returns {cell: {server: (without, with)}}: CPU time of the server a request, the least of the rounds."""
    kinds = [kind for kind in KINDS if kind.name in KIND_NAMES]
    cells = [cell for cell in CELLS if cell.name in CELL_NAMES]
    results = {}
    for kind in kinds:
        with (Instance(kind, 6, tools, cores, folder) as without,
              Instance(kind, 6, tools.with_tracing, cores, folder) as traced):
            for cell in cells:
                used = [], []
                for number in range(rounds):
                    pair = [(without, used[0]), (traced, used[1])]
                    for instance, figures in pair if number % 2 == 0 else reversed(pair):
                        load.verify(instance, cell, True)
                        figures.append(load.drive(instance, cell, tools.wrk, cores, seconds)[0])
                results.setdefault(cell.name, {})[kind.name] = tuple(round(min(figures), 2) for figures in used)
    return results


def print_tracing(results):
    print("\nThe trait Tracing without a tracer, CPU µs a request\n")
    print("| cell | server | without the trait | with it | with / without |\n|---|---|--:|--:|--:|")
    for cell, servers in results.items():
        for name, (without, traced) in servers.items():
            print(f"| {cell} | {name} | {without:.1f} | {traced:.1f} | {traced / without:.2f} |")
