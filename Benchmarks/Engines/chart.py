"""Draws what a level is worth: coded size against CPU time, a line for each engine of gzip, for zstd and for brotli.

    python3 Benchmarks/Engines/chart.py FIGURES.json FOLDER

Has a picture for each body size, for light and dark mode.
"""

import json
import math
import sys
from pathlib import Path

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 420, 76, 150, 56, 52
STYLE = """<style>
text { font: 12px system-ui, sans-serif; fill: #1f2328 } .heading { font-size: 15px; font-weight: 600 }
.background { fill: #ffffff } .grid { stroke: #d0d7de } polyline { fill: none; stroke-width: 2 }
.c0 { stroke: #8c959f; fill: #8c959f } .c1 { stroke: #1a7f5a; fill: #1a7f5a } .c2 { stroke: #c69026; fill: #c69026 }
.c3 { stroke: #3b76c4; fill: #3b76c4 } .c4 { stroke: #a3509a; fill: #a3509a } .c5 { stroke: #b5482f; fill: #b5482f }
polyline { fill: none !important } .name { stroke: none }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .background { fill: #0d1117 } .grid { stroke: #30363d } }
</style>"""


def text(x, y, content, anchor="start", kind=""):
    style = f" class=\"{kind}\"" if kind else ""
    return f"<text x=\"{x:.1f}\" y=\"{y:.1f}\" text-anchor=\"{anchor}\"{style}>{content}</text>"


def ticks(least, greatest):
    """1, 2 and 5 times the powers of ten between two numbers."""
    exponents = range(math.floor(math.log10(least)), math.ceil(math.log10(greatest)) + 1)
    values = [factor * 10 ** exponent for exponent in exponents for factor in (1, 2, 5)]
    return [value for value in values if least <= value <= greatest]


def svg(figures, byte_count):
    """A point for each level: to the left is faster, below is smaller; time has a logarithmic axis."""
    engines = {}
    for figure in figures:
        if figure["byteCount"] == byte_count and figure["engine"] != "chosen":
            points = engines.setdefault(figure["engine"], [])
            point = figure["microseconds"], 100 * figure["codedByteCount"] / byte_count, figure["level"]
            # Levels that are the same ones of the engine.
            if not points or abs(points[-1][1] - point[1]) > 1e-9:
                points.append(point)
    times = [point[0] for points in engines.values() for point in points]
    shares = [point[1] for points in engines.values() for point in points]
    low, high = min(times) * 0.8, max(times) * 1.25
    bottom, top = math.floor(min(shares) - 0.5), math.ceil(max(shares) + 0.5)

    def x(time):
        return LEFT + (math.log(time) - math.log(low)) / (math.log(high) - math.log(low)) * (WIDTH - LEFT - RIGHT)

    def y(share):
        return HEIGHT - BOTTOM - (share - bottom) / (top - bottom) * (HEIGHT - TOP - BOTTOM)

    title = f"A whole body of {byte_count // 1024} KiB: coded size against CPU time, by library and level"
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
             f'aria-labelledby="title">', f'<title id="title">{title}</title>', STYLE,
             f'<rect class="background" width="{WIDTH}" height="{HEIGHT}"/>', text(12, 26, title, kind="heading")]
    for value in ticks(low, high):
        lines += [f'<line class="grid" x1="{x(value):.1f}" y1="{TOP}" x2="{x(value):.1f}" y2="{HEIGHT - BOTTOM}"/>',
                  text(x(value), HEIGHT - BOTTOM + 17, f"{value:g}", "middle")]
    distance = max(1, math.ceil((top - bottom) / 8))
    for share in range(bottom, top + 1, distance):
        lines += [f'<line class="grid" x1="{LEFT}" y1="{y(share):.1f}" x2="{WIDTH - RIGHT}" y2="{y(share):.1f}"/>',
                  text(LEFT - 8, y(share) + 4, f"{share} %", "end")]
    for number, (engine, points) in enumerate(engines.items()):
        path = " ".join(f"{x(time):.1f},{y(share):.1f}" for time, share, _ in points)
        lines.append(f'<polyline class="c{number % 6}" points="{path}"/>')
        for time, share, level in points:
            lines += [f'<circle class="c{number % 6}" cx="{x(time):.1f}" cy="{y(share):.1f}" r="3.5"/>',
                      text(x(time) + 6, y(share) - 6, level)]
        lines += [f'<circle class="c{number % 6}" cx="{WIDTH - RIGHT + 24}" cy="{TOP + 10 + number * 22}" r="5"/>',
                  text(WIDTH - RIGHT + 36, TOP + 14 + number * 22, engine)]
    lines.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, "CPU time a body, µs", "middle"))
    return "\n".join(lines) + "\n</svg>\n"


def main():
    figures = json.loads(Path(sys.argv[1]).read_text())
    folder = Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for byte_count in sorted({figure["byteCount"] for figure in figures}):
        path = folder / f"engines-{byte_count // 1024}k.svg"
        path.write_text(svg(figures, byte_count))
        print(f"drawn: {path}")


if __name__ == "__main__":
    main()
