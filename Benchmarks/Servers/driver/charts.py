"""Draws docs/images/benchmarks and writes the figures of docs/BENCHMARKS.md.

    python3 Benchmarks/Servers/driver/charts.py [RESULTS]

RESULTS is the file that `make bench-servers` writes. The page keeps its text: only what stands between its two markers
is replaced. What wasn't measured is left out, and named.
"""

import json
import re
import sys
import textwrap
import time
from pathlib import Path

import report
from chart import OURS, Chart
from pages import SIZES
from selection import CELLS, KINDS

REPOSITORY = Path(__file__).resolve().parents[3]
RESULTS = REPOSITORY / "Benchmarks/Servers/.build/bench-servers.json"
# The table of the last `make bench`.
OPERATIONS = REPOSITORY / "Benchmarks/.build/bench.md"
PAGE = REPOSITORY / "docs/BENCHMARKS.md"
IMAGES = REPOSITORY / "docs/images/benchmarks"
START, END = "<!-- figures -->\n", "<!-- end -->\n"
CHARTS = [Chart("gzip-6-nio", "gzip-6", ("nio", "nginx", "go"), "NIO, nginx and Go"),
          Chart("gzip-6-hummingbird", "gzip-6", ("hummingbird",), "Hummingbird"),
          Chart("identity", "identity", ("nio", "hummingbird", "nginx", "go"), "All servers")]
HUMMINGBIRD = [name for name in OURS if name.startswith("hummingbird")]
# Ours, and what it is compared with; a bare server is no measure where the others code.
RATIOS = ([("identity", ours, other) for ours, other in (
    ("nio-ours", "nio-bare"), ("nio-ours", "nio-floor"), ("nio-ours", "nio-peer"), ("go-gzhttp", "go-bare"),
    *((ours, f"hummingbird-{other}") for ours in HUMMINGBIRD for other in ("bare", "floor")))]
    + [(coding, ours, other) for coding in ("gzip-6", "gzip-1") for ours, other in (
        *((OURS[0], other) for other in ("nio-floor", "nio-peer", "nginx", "go-gzhttp")),
        *(("nio-engines", other) for other in ("nginx", "go-gzhttp")),
        *((ours, "hummingbird-floor") for ours in HUMMINGBIRD))])

ACROSS = [("nio-zstd", "zstd-3", "nginx", "gzip-6"), ("nio-zstd", "zstd-3", "go-gzhttp", "gzip-6"),
          ("nio-brotli", "brotli-4", "nginx", "gzip-6"), ("nio-engines", "gzip-3", "go-gzhttp", "gzip-6")]


def machine(results):
    """What the figures were measured on and with."""
    machine = results["machine"]
    versions = ", ".join(f"{name} {found[0]}" for name, version in machine["versions"].items()
                         if (found := re.search(r"\d+(\.\d+)+", version)))
    same = machine["cores"]["servers"] == machine["cores"]["wrk"]
    return textwrap.fill(f"Measured on {results['date']}: {machine['processor']}, {machine['system']}; {versions}; "
                         f"servers and wrk on {'the same core' if same else 'a core each'}; "
                         f"{results['connections']} connections, {results['rounds']} rounds of {results['seconds']} s.", 116)


def ratios(cells):
    """The lines of a table with a row a pair of servers and a column a page."""
    lines = [f"| | compared | {' | '.join(map(report.len_text, SIZES))} |", "|---|---|" + "--:|" * len(SIZES)]
    for coding, ours, other in RATIOS:
        found = [cells.get(f"{coding}/{page}", {}) for page in SIZES]
        values = [f"{min(each[ours]['cpu_us']) / min(each[other]['cpu_us']):.2f}"
                  if ours in each and other in each else "" for each in found]
        if any(values):
            lines.append(f"| {coding.replace('-', ' ')} | {ours} / {other} | {' | '.join(values)} |")
    return lines + across(cells)


def across(cells):
    """The rows of ours in one coding against another server in another."""
    lines = []
    for ours, coding, other, other_coding in ACROSS:
        values = []
        for page in SIZES:
            mine, theirs = cells.get(f"{coding}/{page}", {}).get(ours), cells.get(f"{other_coding}/{page}", {}).get(other)
            values.append(f"{min(mine['cpu_us']) / min(theirs['cpu_us']):.2f}" if mine and theirs else "")
        if any(values):
            lines.append(f"| {coding.replace('-', ' ')} / {other_coding.replace('-', ' ')} | {ours} / {other} | "
                         f"{' | '.join(values)} |")
    return lines


def images(cells):
    """Draws the charts, and returns the lines that show them."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    lines = []
    for chart in CHARTS:
        file = IMAGES / f"{chart.name}.svg"
        if chart.kinds(cells):
            file.write_text(chart.svg(cells))
            lines += [f"![{chart.title}; the table below has the figures]({file.relative_to(PAGE.parent)})", ""]
        else:
            file.unlink(missing_ok=True)
    return lines


def rate_text(figures):
    return f"{max(figures['requests_per_second']):.0f}"


def figures(results):
    """The lines between the markers."""
    cells = results.get("cells", {})
    lines = [machine(results), "", *images(cells)]
    if cells:
        lines += ["CPU time of the server a request, in µs: the least of the rounds, and their median in parentheses",
                  "where it is more than a quarter above.", "", *report.overview(cells, report.least_text), "",
                  "Other codings, and the engines at levels between:", "",
                  *report.overview(cells, report.least_text, others=True), "",
                  "How many times the CPU time of the other that is:", "", *ratios(cells), "",
                  "Requests a second, the most of the rounds:", "", *report.overview(cells, rate_text), ""]
    if results.get("memory"):
        lines += ["Memory of a connection, in KiB:", "", *report.memory_table(results["memory"]), ""]
    if OPERATIONS.exists():
        date = time.strftime("%Y-%m-%d", time.localtime(OPERATIONS.stat().st_mtime))
        lines += [f"Single operations, by `make bench` on {date}:", "", OPERATIONS.read_text()]
    return lines


def missing(results):
    """The names of what the page is to show and the results don't have."""
    cells = results.get("cells", {})
    kinds = [kind for kind in KINDS if any(kind.name in found for found in cells.values())]
    names = [kind.name for kind in KINDS if kind not in kinds]
    for cell in CELLS:
        if found := cells.get(cell.name):
            names += [f"{kind.name} in {cell.name}" for kind in kinds if kind.takes(cell) and kind.name not in found]
        else:
            names.append(cell.name)
    names += [] if results.get("memory") else ["memory"]
    return names + ([] if OPERATIONS.exists() else ["single operations (make bench)"])


def main():
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else RESULTS
    if not file.exists():
        sys.exit(f"there is no {file}: make bench-servers writes it")
    results, page = json.loads(file.read_text()), PAGE.read_text()
    before, start, rest = page.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        sys.exit(f"{PAGE} has no {START.strip()} followed by {END.strip()}")
    PAGE.write_text(before + start + "\n" + "\n".join(figures(results)).rstrip() + "\n\n" + end + after)
    if names := missing(results):
        print(f"left out, because it wasn't measured: {', '.join(names)}")


if __name__ == "__main__":
    main()
