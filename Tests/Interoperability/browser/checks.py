"""What the page has to show in a browser, read from the page and compared with the server and its source."""

import contextlib
import http.client
import re

from demo import DemoPage, number
from servers import REPOSITORY

SCENARIO_COUNT = 9
WORK_MILLISECONDS = 1000
PROMPT_MILLISECONDS = WORK_MILLISECONDS / 2
HANDLERS = ["early", "early", "login", "order", "order", "nested", "page", "events", "tagged"]
# The columns that have a figure, by scenario; the browser tells nothing of the wire where a request was left.
WHOLE = ["on the wire", "decoded", "first byte", "complete"]
COLUMNS = {
    1: [*WHOLE, "next answer", "work done"], 2: [*WHOLE, "next answer", "closed", "work done"],
    3: [*WHOLE, "next answer", "work done"], 4: ["decoded", "work done"], 5: ["decoded", "work done"],
    6: [*WHOLE, "work done"], 7: [*WHOLE, "work done"], 8: [*WHOLE, "work done"], 9: [*WHOLE, "next answer"]}
PROMPT_COLUMNS = {
    1: ["complete", "next answer"], 2: ["complete", "next answer", "closed"], 3: ["complete", "next answer"],
    5: ["work done"], 6: ["first byte"], 7: ["complete", "work done"], 8: ["first byte"], 9: ["complete", "next answer"]}
# What takes all of the handler's time, though other work on the machine may delay the request.
LONG_COLUMNS = {1: ["work done"], 2: ["work done"], 3: ["work done"], 4: ["work done"], 6: ["complete"], 8: ["complete"]}
PATHS = {1: "/early", 7: "/page", 9: "/tagged"}


class Check:
    """One check on pages of its own; `failures` are what is wrong."""

    def __init__(self, browser, server):
        self.browser, self.server = browser, server
        self.failures = []
        self.notes = []

    @property
    def origin(self):
        return f"http://{self.server.address[0]}:{self.server.address[1]}"

    def require(self, holds, reason):
        if not holds:
            self.failures.append(reason)

    @contextlib.contextmanager
    def visit(self, **options):
        """A page; in the end it has shown no error, and asked no other server."""
        with self.browser.page(self.origin + "/", **options) as page:
            yield page
            for error in page.errors():
                self.require(False, f"console: {error}")
            for url in page.requested():
                self.require(url.startswith(self.origin + "/"), f"asked for {url}")

    @contextlib.contextmanager
    def demo(self, **options):
        with self.visit(**options) as page:
            yield DemoPage(page)

    def passed(self, outcome, what):
        self.require(outcome.state == "passed", f"{what}: {outcome.verdict}")

    def raw(self, path, coding):
        """The length of the content that a client without a browser gets, and its fields."""
        connection = http.client.HTTPConnection(*self.server.address, timeout=10)
        try:
            connection.request("GET", path, headers={"Accept-Encoding": coding})
            response = connection.getresponse()
            return len(response.read()), response.headers
        finally:
            connection.close()

    # Each of the following is a row.

    def without_script(self):
        """All that there is to read is there; the source is the file's."""
        lines = (REPOSITORY / "docs/Examples/DemoServer/Scenarios.swift").read_text().split("\n")
        with self.visit(script=False) as page:
            shown = page.evaluate("""[...document.querySelectorAll('.scenario')].map(article => ({
                title: article.querySelector('h2').textContent, text: article.querySelector('p').textContent,
                curl: article.querySelector('.curl').textContent, source: article.querySelector('.source pre code').textContent}))""")
            self.require(len(shown) == SCENARIO_COUNT, f"{len(shown)} scenarios")
            for index, (scenario, handler) in enumerate(zip(shown, HANDLERS), start=1):
                begin = next(place for place, line in enumerate(lines) if re.search(rf"\bfunc {handler}\(", line))
                end = lines.index("    }", begin)
                source = "\n".join(line[4:] for line in lines[begin:end + 1])
                self.require(scenario["source"] == source, f"{index}: the source isn't that of {handler}")
                self.require(f"{self.origin}/" in scenario["curl"], f"{index}: {scenario['curl']}")
                self.require(len(scenario["text"]) > 100 and scenario["title"].startswith(str(index)), f"{index}: no text")
            self.require(page.evaluate("getComputedStyle(document.querySelector('#controls')).display") == "none",
                         "switches that do nothing are shown")
            self.require("curl" in page.evaluate("document.querySelector('noscript').textContent"), "no word about script")
            self.require("<!--" not in "".join(scenario["source"] for scenario in shown), "a source is missing")

    def rows(self, rows, codings):
        """The table of "Run all": every row, whatever the page itself says of it."""
        self.require(len(rows) == SCENARIO_COUNT * len(codings), f"{len(rows)} rows")
        for row in rows:
            if "failures" in row:
                self.require(False, row["failures"])
                continue
            name, asked = row["scenario"], row["asked for"]
            scenario = int(name.split()[0])
            what = f"{name}, {asked}"
            self.require(row["holds"] == "ok", f"{what}: {row['holds']}")
            self.require(asked in codings, f"{what}: not asked for")
            coding = "identity" if scenario == 3 else asked
            self.require(row["coding"] == coding, f"{what}: coding {row['coding']}")
            reason = "belowMinimumSize" if scenario == 3 else "notAcceptable" if asked == "identity" else "coded"
            self.require(row["reason"] == reason, f"{what}: {row['reason']}")
            figures = {column: number(row[column]) for column in row if column in set(sum(COLUMNS.values(), ["closed"]))}
            for column, value in figures.items():
                self.require((value is not None) == (column in COLUMNS[scenario]), f"{what}: {column} {row[column]}")
            for column in PROMPT_COLUMNS.get(scenario, []):
                value = figures[column]
                self.require(value is not None and value <= PROMPT_MILLISECONDS, f"{what}: {column} {row[column]}")
            for column in LONG_COLUMNS.get(scenario, []):
                value = figures[column]
                self.require(value is not None and .9 * WORK_MILLISECONDS <= value <= 2 * WORK_MILLISECONDS, f"{what}: {column} {row[column]}")
            if coding != "identity" and figures["on the wire"] is not None:
                self.require(figures["on the wire"] < figures["decoded"], f"{what}: not smaller")
            if scenario in PATHS:
                length, fields = self.raw(PATHS[scenario], coding)
                self.require(figures["on the wire"] == length, f"{what}: {row['on the wire']} B, {length} B without a browser")
                self.require(fields.get("Content-Encoding", "identity") == coding, f"{what}: another client has another coding")
            self.require(row["late text"] == ("not seen" if scenario in (1, 2) else "–"), f"{what}: late text {row['late text']}")

    def run_all(self):
        """All scenarios, with identity and with gzip."""
        with self.demo() as demo:
            demo.choose(coding="gzip")
            rows = demo.run_all()
            self.rows(rows, ["identity", "gzip"])
            self.notes.append(demo.text("#summary"))
            self.require(demo.text("#summary") == f"{len(rows)} of {len(rows)} rows hold.", demo.text("#summary"))
            self.require(f"{len(rows)} of {len(rows)}" in demo.text("#status"), "the live region doesn't tell of the end")

    def run_all_slowly(self):
        """All scenarios on a slow network, with a reader that pauses, started by a key."""
        with self.demo() as demo:
            demo.page.throttle(latency=40, bytes_per_second=250_000)
            demo.choose(coding="gzip", reader="slow")
            rows = demo.run_all(by_key=True)
            self.require(demo.page.evaluate("document.activeElement.id") == "results-title", "the focus isn't at the table")
            self.rows(rows, ["identity", "gzip"])
            waits = [number(row["complete"]) for row in rows if row.get("scenario", "")[:1] in ("1", "2", "7", "9")]
            self.require(min(waits, default=0) >= 40, f"the network isn't slow: {waits}")
            self.notes.append(f"{demo.text('#summary')} Whole answers after {min(waits):.0f} to {max(waits):.0f} ms.")

    def other_codings(self):
        """Every other coding on offer: whole, flushed, streamed."""
        with self.demo() as demo:
            offered = demo.codings()
            self.require({"identity", "gzip"} <= set(offered), f"on offer: {offered}")
            for coding in offered:
                if coding in ("identity", "gzip"):
                    continue
                demo.choose(coding=coding)
                for scenario in (1, 6, 8):
                    outcome = demo.run(scenario)
                    self.passed(outcome, f"{scenario} with {coding}")
                    self.require(outcome["Coding"] == coding and outcome["Reason"] == "coded", f"{scenario}: {outcome.figures}")
                    self.require(number(outcome["On the wire"]) < number(outcome["Decoded"]), f"{scenario} with {coding}: not smaller")
            self.notes.append(", ".join(offered))

    def connections(self):
        """keepAlive and close for each early finish, coded and not."""
        with self.demo() as demo:
            for connection, codings in (("keepAlive", ["gzip"]), ("close", ["identity", "gzip"])):
                demo.choose(connection=connection)
                for coding in codings:
                    demo.choose(coding=coding)
                    for scenario in (1, 2, 3):
                        outcome = demo.run(scenario)
                        what = f"{scenario}, {connection}, {coding}"
                        self.passed(outcome, what)
                        closed = any("connection closed" in line for line in outcome.log)
                        self.require(closed == (connection == "close"), f"{what}: {outcome.log}")
                        self.require(outcome.milliseconds("Next answer") <= PROMPT_MILLISECONDS, f"{what}: {outcome.figures}")
                        self.require(outcome.milliseconds("Handler done") >= .9 * WORK_MILLISECONDS, f"{what}: {outcome.figures}")

    def leaving(self):
        """"Leave now", and what the handler does then; the server's own marks say the same."""
        with self.demo() as demo:
            demo.choose(work="3", leaves=False)
            for scenario, ignores in ((4, True), (5, False), (6, False), (8, False)):
                demo.start(scenario)
                demo.leave(scenario, ".chunk")
                outcome = demo.outcome(scenario)
                self.passed(outcome, f"{scenario} left")
                self.require(any("answer: left" in line for line in outcome.log), f"{scenario}: {outcome.log}")
                self.require(outcome["Complete"] == "–", f"{scenario}: complete {outcome['Complete']}")
                done = outcome.milliseconds("Handler done")
                self.require(done >= 2700 if ignores else done <= 2500, f"{scenario}: handler done {done} ms")
                marks = self.server.marks(demo.run_id(scenario))
                self.require(marks.get("end") == "aborted", f"{scenario}: the server says {marks}")
                self.require(("recorded" in marks) == ignores, f"{scenario}: the server says {marks}")
                self.require(("cancelled" in marks) == (scenario == 5), f"{scenario}: the server says {marks}")
            demo.choose(work="1")
            demo.start(1)
            demo.leave(1, ".next .cap")
            outcome = demo.outcome(1)
            self.passed(outcome, "1 left when it was complete")
            self.require("wasn’t disturbed" in outcome.verdict, outcome.verdict)
            outcome = demo.run(5)
            self.passed(outcome, "5, the client stays")
            marks = self.server.marks(demo.run_id(5))
            self.require("stayed" in outcome.verdict, outcome.verdict)
            self.require(marks.get("end") == "finished" and "recorded" in marks, f"5: the server says {marks}")

    def failing(self):
        """A row that doesn't hold says so: here an answer that comes too late."""
        with self.demo() as demo:
            demo.page.throttle(latency=700)
            outcome = demo.run(7)
            self.require(outcome.state == "failed" and "message complete after" in outcome.verdict, outcome.verdict)
            self.require("failed" in demo.text("#status"), demo.text("#status"))

    def motion(self):
        """The time line moves, unless less motion is wanted."""
        for still in (False, True):
            with self.demo(still=still) as demo:
                demo.page.evaluate("""(() => {
                    window.moved = window.drawn = 0;
                    new MutationObserver(() => { drawn += 1; moved += Boolean(document.querySelector('.now')); })
                        .observe(document.querySelector('[data-number="6"] .timeline'), {childList: true});
                })()""")
                self.passed(demo.run(6), "6")
                moved, drawn = demo.page.evaluate("[moved, drawn]")
                self.require((moved == 0) == still, f"moved {moved} times, reduced motion: {still}")
                self.require(drawn > 1, "drawn once")

    def narrow(self):
        """Nothing is wider than a narrow window, before and after a run."""
        for width in (320, 390, 768):
            with self.demo(width=width) as demo:
                self.passed(demo.run(7), "7")
                wide = demo.page.evaluate("document.documentElement.scrollWidth")
                self.require(wide <= width, f"{wide} px wide in {width}")

    def shutdown(self):
        """The server ends at once, though a page is open on its event stream."""
        with self.demo():
            self.server.__exit__()
        self.require(self.server.process.returncode == 0, f"the server ended with {self.server.process.returncode}")
        self.require(self.server.stopped_after <= 2, f"the server ended after {self.server.stopped_after:.1f} s")
        self.notes.append(f"{self.server.stopped_after * 1000:.0f} ms")
