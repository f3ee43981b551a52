"""A chart of the CPU time that a request takes of each server, as SVG.

It has a panel for each page size, with an axis of its own that begins at 0: times differ a hundredfold between the sizes,
and within one size they are compared by the length of their bars. It is drawn for light and dark mode.
"""

import math
import statistics
from dataclasses import dataclass

import report
from pages import SIZES
from selection import KINDS

OURS = ("nio-ours", "nio-engines", "hummingbird-middleware", "hummingbird-handler")
NAMES = {"identity": "no content coding", "gzip-6": "gzip at level 6"}
LEFT, PANEL, BESIDE, ROW, TOP = 170, 180, 64, 22, 92
STYLE = """<style>
text { font: 12px system-ui, sans-serif; fill: #1f2328 } .heading { font-size: 15px; font-weight: 600 }
.background { fill: #ffffff } .grid { stroke: #d0d7de } .median { stroke: #1f2328 }
.ours { fill: #1a7f5a } .bare { fill: #8c959f } .floor { fill: #c69026 } .other { fill: #3b76c4 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .background { fill: #0d1117 } .grid { stroke: #30363d } .median { stroke: #e6edf3 }
.ours { fill: #3fb883 } .bare { fill: #7d8590 } .floor { fill: #d4a72c } .other { fill: #6cacf0 } }
</style>"""
LEGEND = {"ours": "this library", "other": "a neighbour", "floor": "the least code", "bare": "bare server"}


@dataclass(frozen=True)
class Chart:
    """A coding, and the families of servers that are compared."""

    name: str
    coding: str
    families: tuple
    subject: str

    @property
    def title(self):
        return f"{self.subject}, {NAMES[self.coding]}: CPU time of the server a request, by page size"

    def kinds(self, cells):
        """The servers that were measured."""
        names = {name for page in SIZES for name in cells.get(f"{self.coding}/{page}", {})}
        return [kind for kind in KINDS if kind.family in self.families and kind.name in names]

    def svg(self, cells):
        kinds, pages = self.kinds(cells), {}
        for page in SIZES:
            found = cells.get(f"{self.coding}/{page}", {})
            if measured := {kind.name: found[kind.name] for kind in kinds if kind.name in found}:
                pages[page] = measured
        width, bottom = max(LEFT + len(pages) * (PANEL + BESIDE), 760), TOP + len(kinds) * ROW
        height = bottom + 46
        lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
                 'aria-labelledby="title">', f'<title id="title">{self.title}</title>', STYLE,
                 f'<rect class="background" width="{width}" height="{height}"/>',
                 text(12, 24, self.title, style=' class="heading"')]
        for x, (name, words) in zip((12, 120, 235, 360), LEGEND.items()):
            lines += [f'<rect class="{name}" x="{x}" y="38" width="12" height="12"/>', text(x + 18, 49, words)]
        lines.append(text(475, 49, "bar: least of the rounds; line: median"))
        lines += [text(LEFT - 8, TOP + index * ROW + 15, kind.name, "end") for index, kind in enumerate(kinds)]
        for number, (page, measured) in enumerate(pages.items()):
            left = LEFT + number * (PANEL + BESIDE)
            lines += [text(left, TOP - 8, f"page of {report.len_text(page)}", style=' class="heading"'),
                      *panel(left, bottom, kinds, measured)]
        return "\n".join(lines) + "\n</svg>\n"


def role(kind):
    return ("ours" if kind.name in OURS else "bare" if not kind.codes
            else "floor" if kind.name.endswith("-floor") else "other")


def step(limit):
    """The distance of an axis's ticks: 1, 2 or 5 times a power of ten, so that there are at most five."""
    unit = 10 ** math.floor(math.log10(limit / 5))
    return next(unit * factor for factor in (1, 2, 5, 10) if limit / (unit * factor) <= 5)


def text(x, y, content, anchor="start", style=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{style}>{content}</text>'


def panel(left, bottom, kinds, figures):
    """The bars of a page size, on an axis that begins at 0 and ends at the greatest median."""
    limit = max(statistics.median(figure["cpu_us"]) for figure in figures.values())
    scale, distance = PANEL / limit, step(limit)
    lines = []
    for value in (distance * number for number in range(int(limit / distance) + 1)):
        x = left + value * scale
        lines += [f'<line class="grid" x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{bottom}"/>',
                  text(x, bottom + 16, f"{value:g}", "middle")]
    for index, kind in enumerate(kinds):
        if kind.name in figures:
            least, median = min(figures[kind.name]["cpu_us"]), statistics.median(figures[kind.name]["cpu_us"])
            y = TOP + index * ROW
            lines += [f'<rect class="{role(kind)}" x="{left}" y="{y + 4}" width="{least * scale:.1f}" '
                      f'height="{ROW - 8}"/>',
                      f'<line class="median" x1="{left + least * scale:.1f}" y1="{y + ROW / 2}" '
                      f'x2="{left + median * scale:.1f}" y2="{y + ROW / 2}"/>',
                      text(left + max(least, median) * scale + 4, y + 15, report.cpu_text(least))]
    return lines + [text(left + PANEL / 2, bottom + 34, "CPU time, µs a request", "middle")]
