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
    print("\nCPU µs a request")
    for others in (False, True):
        print("\n" + "\n".join(overview(results, least_text, others)))


def overview(results, text, others=False):
    """The lines of a table with a row a server and a column a cell; `text` makes one of a server's figures.

    `others` are the cells of codings and levels that few servers have.
    """
    common = ("identity", "gzip-6", "gzip-1")
    cells = [cell for cell in CELLS if cell.name in results and (cell.coding not in common) == others]
    titles = [f"{cell.coding.replace('-', ' ')}, {len_text(cell.page)}" for cell in cells]
    lines = [f"| server | {' | '.join(titles)} |", "|---|" + "--:|" * len(cells)]
    for kind in KINDS:
        figures = [results[cell.name].get(kind.name) for cell in cells]
        if any(figures) and (kind.codes or not others):
            lines.append(f"| {kind.name} | {' | '.join(text(figure) if figure else '' for figure in figures)} |")
    return lines


def least_text(figures):
    """The least of the rounds; their median too where it is far from that."""
    least, median = min(figures["cpu_us"]), statistics.median(figures["cpu_us"])
    return cpu_text(least) if median < 1.25 * least else f"{cpu_text(least)} ({cpu_text(median)})"


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
    if results:
        print(f"\nmemory a connection, {count} of them, in KiB\n")
        print("\n".join(memory_table(results)))


def memory_table(results):
    """The lines of that table."""
    lines = ["| server | idle | above bare | stream, identity | above idle | stream, gzip | above idle | above identity |",
             "|---|" + "--:|" * 7]
    for kind in KINDS:
        if kind.name not in results:
            continue
        mine, bare = results[kind.name], results.get(f"{kind.family}-bare", {})
        idle, stream, coded = (mine.get(state) for state in ("idle", "stream", "coded stream"))
        columns = [idle, above(idle, bare.get("idle")) if kind.codes else None, stream, above(stream, idle),
                   coded, above(coded, idle), above(coded, stream)]
        lines.append(f"| {kind.name} | {' | '.join(map(kib_text, columns))} |")
    return lines


def kib_text(byte_count):
    # A zero without a sign.
    return "" if byte_count is None else f"{round(byte_count / 1024, 1) + 0:.1f}"


def above(value, other):
    return None if value is None or other is None else value - other
