"""The pictures of the page for the documentation: light, dark, narrow, and the table."""

import subprocess

from demo import DemoPage
import packages

# What a page looks like on the machines of people, where Debian has hardly a font.
PACKAGES = ["fonts-inter", "fonts-jetbrains-mono", "pngquant"]
MAXIMUM_BYTES = 150_000
MARGIN = 16


def prepare():
    """Installs what the pictures need; before the browser starts, which looks for fonts then."""
    packages.install(PACKAGES)


def take(browser, server, folder):
    """Makes the pictures from what is measured at this moment."""
    folder.mkdir(parents=True, exist_ok=True)
    url = f"http://{server.address[0]}:{server.address[1]}/"
    for name, options, clips in (
            ("light", {"width": 1240}, {"light": ("body", '[data-number="1"]'), "results": ("#results", "#results")}),
            ("dark", {"width": 1240, "dark": True}, {"dark": ("body", '[data-number="1"]')}),
            ("narrow", {"width": 400}, {"narrow": ('[data-number="6"]', '[data-number="6"]')})):
        with browser.page(url, **options) as page:
            demo = DemoPage(page)
            demo.choose(coding="gzip")
            if name == "light":
                demo.run_all()
            else:
                # The first run of a page pays for what all others find done.
                for scenario in (7, 6, 1):
                    demo.run(scenario)
            # No ring of the focus.
            page.evaluate("document.activeElement.blur()")
            for picture, (first, last) in clips.items():
                top, bottom = page.evaluate(f"""(() => {{
                    const edges = selector => document.querySelector(selector).getBoundingClientRect();
                    return [edges('{first}').top + scrollY, edges('{last}').bottom + scrollY];
                }})()""")
                save(page, folder / f"{picture}.png", max(0, top - MARGIN), bottom + MARGIN, options["width"])


def save(page, path, top, bottom, width):
    page.screenshot(path, x=0, y=top, width=width, height=bottom - top)
    if command := packages.find("pngquant"):
        subprocess.run([command, "--force", "--strip", "--speed", "1", "--output", str(path), "128", str(path)], check=True)
    size = path.stat().st_size
    print(f"{path}: {size / 1000:.0f} kB")
    if size > MAXIMUM_BYTES:
        raise SystemExit(f"{path} has more than {MAXIMUM_BYTES / 1000:.0f} kB")
