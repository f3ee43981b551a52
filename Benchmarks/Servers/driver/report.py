"""The tables."""

import statistics

from selection import CELLS, KINDS

# The server that one is compared with, by the title of the column.
NEIGHBOURS = {
    "bare": lambda kind: f"{kind.family}-bare", "nginx": lambda _: "nginx", "peer": lambda _: "nio-peer",
    "Go": lambda _: "go-gzhttp", "floor": lambda kind: f"{kind.family}-floor",
}


def print_speed(results):
    """A table a cell: CPU time of the server a request, the least of the rounds, and how many times the neighbour's
    least that is."""
    for cell in CELLS:
        figures = results.get(cell.name)
        if not figures:
            continue
        print(f"\n{cell.coding.replace('-', ' ')}, {len_text(cell.page)}\n")
        print("| server | CPU µs | median | requests/s | bytes | " + " | ".join(f"/ {title}" for title in NEIGHBOURS) + " |")
        print("|---|" + "--:|" * (4 + len(NEIGHBOURS)))
        for kind in KINDS:
            if kind.name in figures:
                print(row(kind, cell, figures))
    print_overview(results)


def print_overview(results):
    """The CPU time of every server in every cell."""
    print("\nCPU µs a request\n")
    cells = [cell for cell in CELLS if cell.name in results]
    print("| server | " + " | ".join(f"{cell.coding.replace('-', ' ')}, {len_text(cell.page)}" for cell in cells) + " |")
    print("|---|" + "--:|" * len(cells))
    for kind in KINDS:
        figures = [results[cell.name].get(kind.name) for cell in cells]
        if any(figures):
            texts = [cpu_text(min(figure["cpu_us"])) if figure else "" for figure in figures]
            print(f"| {kind.name} | {' | '.join(texts)} |")


def len_text(page):
    return page.replace("k", " KB")


def row(kind, cell, figures):
    mine = figures[kind.name]
    cells = [kind.name, cpu_text(min(mine["cpu_us"])), cpu_text(statistics.median(mine["cpu_us"])),
             f"{max(mine['requests_per_second']):.0f}", str(mine["bytes"])]
    # A bare server does less than the others where they code.
    comparable = kind.codes or not cell.is_coded
    for neighbour in NEIGHBOURS.values():
        other = neighbour(kind)
        cells.append(f"{min(mine['cpu_us']) / min(figures[other]['cpu_us']):.2f}"
                     if other in figures and other != kind.name and comparable else "")
    return f"| {' | '.join(cells)} |"


def cpu_text(microseconds):
    return f"{microseconds:.1f}" if microseconds < 1000 else f"{microseconds:.0f}"


def print_memory(results, count):
    """A table of what one of many connections takes, in KiB."""
    if not results:
        return
    print(f"\nmemory a connection, {count} of them, in KiB\n")
    print("| server | idle | above bare | stream, identity | above idle | stream, gzip | above idle | above identity |")
    print("|---|" + "--:|" * 7)
    for kind in KINDS:
        if kind.name not in results:
            continue
        mine, bare = results[kind.name], results.get(f"{kind.family}-bare", {})
        idle, stream, coded = (mine.get(state) for state in ("idle", "stream", "coded stream"))
        columns = [idle, above(idle, bare.get("idle")) if kind.codes else None, stream, above(stream, idle),
                   coded, above(coded, idle), above(coded, stream)]
        print(f"| {kind.name} | {' | '.join('' if value is None else f'{value / 1024:.1f}' for value in columns)} |")


def above(value, other):
    return None if value is None or other is None else value - other
