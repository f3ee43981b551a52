"""Keyboard, names and contrast: by axe-core, which others wrote, and by pressing keys."""

import subprocess

import packages
from checks import Check
from servers import REPOSITORY

# It brings axe-core as one file of script; what it would drive a browser with isn't needed.
PACKAGE = "axe-playwright-python==0.1.8"
FOLDER = REPOSITORY / ".build" / "axe"
FOCUSABLE = "a[href], button, input:not(:disabled), summary, [tabindex='0']"
MINIMUM_CONTRAST = 4.5


class AxeMissing(Exception):
    """axe-core isn't on this machine and can't be installed."""


def axe():
    """The script of axe-core."""
    def files():
        return sorted(FOLDER.glob("lib/python*/site-packages/axe_playwright_python/axe.min.js"))

    if not files():
        try:
            packages.python_environment(FOLDER, "--no-deps", PACKAGE)
        except (OSError, subprocess.SubprocessError) as error:
            raise AxeMissing(str(error)) from error
    return files()[0].read_text()


class AccessibilityCheck(Check):
    """The rows about how the page is used without a mouse or without seeing it."""

    def rules(self):
        """axe-core's rules hold, before and after a run, light and dark, wide and narrow."""
        try:
            script = axe()
        except AxeMissing as error:
            self.notes.append(f"skipped: axe-core can't be installed: {error}")
            return
        passes = 0
        for options in ({}, {"dark": True}, {"width": 390}):
            with self.visit(**options) as page:
                page.wait_until("document.body.dataset.state === 'ready'")
                page.click('[data-number="7"] .run')
                page.wait_until("""document.querySelector('[data-number="7"]').dataset.state === 'passed'""")
                page.evaluate("""(() => {
                    document.querySelector('#results').hidden = false;
                    document.querySelectorAll('details').forEach(details => { details.open = true; });
                })()""")
                page.evaluate(script)
                results = page.evaluate("""axe.run(document, {resultTypes: ['violations', 'passes']}).then(({violations, passes}) => ({
                    violations: violations.map(({id, help, nodes}) => `${id}: ${help} (${nodes.map(node => node.target).join(', ')})`),
                    passes: passes.map(({id}) => id)}))""")
                for violation in results["violations"]:
                    self.require(False, f"{options}: {violation}")
                self.require({"color-contrast", "landmark-one-main", "region"} <= set(results["passes"]), f"{options}: rules weren't applied")
                passes += len(results["passes"])
        self.notes.append(f"{passes} rules passed")

    def drawn_text(self):
        """Text in the drawings, which axe-core leaves out, has enough contrast, and the drawing has a name."""
        for dark in (False, True):
            with self.demo(dark=dark) as demo:
                outcome = demo.run(2)
                lowest = demo.page.evaluate("""(() => {
                    const channels = text => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
                    const light = text => channels(text).map(value => value / 255)
                        .map(value => value <= .04045 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4)
                        .reduce((sum, value, index) => sum + value * [.2126, .7152, .0722][index], 0);
                    const contrast = (one, other) => { const [low, high] = [light(one), light(other)].sort((a, b) => a - b); return (high + .05) / (low + .05); };
                    const ground = getComputedStyle(document.querySelector('.scenario')).backgroundColor;
                    const texts = [...document.querySelectorAll('.timeline text')];
                    return texts.length ? Math.min(...texts.map(text => contrast(getComputedStyle(text).fill, ground))) : 0;
                })()""")
                self.require(lowest >= MINIMUM_CONTRAST, f"contrast {lowest:.2f}, dark: {dark}")
                for word in ("first byte", "complete", "connection closed", "work done"):
                    self.require(word in outcome.title, f"the drawing's name has no “{word}”: {outcome.title}")
                    self.require(any(word in line for line in outcome.log), f"no “{word}” in the list of events")
                self.notes.append(f"contrast {lowest:.1f}")

    def keyboard(self):
        """Every control is reached by Tab in the order of the page, shows its focus, and works by keys."""
        with self.demo() as demo:
            page = demo.page
            expected = page.evaluate(f"""(() => {{
                window.stops = [...document.querySelectorAll(`{FOCUSABLE}`)].filter(stop => stop.checkVisibility())
                    .filter(stop => stop.type !== 'radio' || stop.checked);
                return stops.length;
            }})()""")
            self.require(expected > 25, f"{expected} stops")
            for index in range(expected):
                page.press("Tab")
                place, outline, seen, name = page.evaluate("""(() => {
                    const active = document.activeElement, shown = active.type === 'radio' ? active.nextElementSibling : active;
                    const {outlineStyle, outlineWidth} = getComputedStyle(shown), {top, bottom} = shown.getBoundingClientRect();
                    return [stops.indexOf(active), outlineStyle === 'none' ? 0 : parseFloat(outlineWidth),
                        bottom > 0 && top < innerHeight, active.outerHTML.slice(0, 80)];
                })()""")
                self.require(place == index, f"Tab {index + 1} leads to stop {place + 1}: {name}")
                self.require(outline >= 2, f"the focus isn't seen on {name}")
                self.require(seen, f"the focus is outside the window on {name}")
            self.notes.append(f"{expected} stops")

            # A choice by an arrow; a run by Enter.
            page.evaluate("document.querySelector('[name=coding]:checked').focus()")
            before = page.evaluate("document.querySelector('[name=coding]:checked').value")
            page.press("ArrowLeft")
            after = page.evaluate("document.querySelector('[name=coding]:checked').value")
            self.require(before == "gzip" and after == "identity", f"an arrow leads from {before} to {after}")
            page.evaluate("""document.querySelector('[data-number="7"] .run').focus()""")
            page.press("Enter")
            page.wait_until("""document.querySelector('[data-number="7"]').dataset.run""")
            outcome = demo.outcome(7)
            self.passed(outcome, "7 by Enter")
            self.require(outcome["Coding"] == "identity", f"the choice by keys is {outcome['Coding']}")
            self.require(page.evaluate("""document.activeElement.matches('[data-number="7"] .run')"""), "the focus is lost by the run")
            self.require("Scenario 7" in demo.text("#status"), f"the live region says {demo.text('#status')}")
            self.require(page.evaluate("document.querySelector('#status[role=status][aria-live=polite]') !== null"), "no live region")

            demo.choose(work="3")
            page.evaluate("""document.querySelector('[data-number="6"] .run').focus()""")
            page.press(" ")
            page.press("Tab")
            page.wait_until("""document.querySelector('[data-number="6"] .timeline .chunk')""")
            page.press(" ")
            outcome = demo.outcome(6)
            self.passed(outcome, "6 left by the space bar")
            self.require("Left after" in outcome.verdict, outcome.verdict)
            self.require(page.evaluate("""document.activeElement.matches('[data-number="6"] .leave')"""), "the focus is lost by leaving")
