"""The scenarios of the demo for any client: what each has to show."""

import time

from scripts import demo_scripts, field
from servers import Runs, scenarios

# A busy machine is slow to start a client; the work after a response takes a second.
PROMPT_SECONDS = 0.6
EVENT_SECONDS = 0.25
# A client that is later than this hasn't left during the work.
LEFT_SECONDS = 0.9 * scenarios.WORK_SECONDS
LEAVE_SECONDS = 0.5
RUNS = Runs()


class DemoApplication:
    """The routes of the demo server."""

    def __init__(self, server):
        self.server = server

    def request(self, route, run, gzip):
        return f"{route}?id={run}&session={run}", [], gzip

    def marks(self, run):
        return self.server.marks(run)

    def end_status(self, marks):
        return marks.get("end")


class ScriptedApplication:
    """The same as scripts; `fields` are set by every script."""

    def __init__(self, door, fields=()):
        self.door, self.fields = door, list(fields)

    def request(self, route, run, gzip):
        ops, headers, status = demo_scripts(run)[route]
        return f"{route}?id={run}", [field(ops, [*headers, *map(list, self.fields)], status)], gzip

    def marks(self, run):
        prefix = f"{run}-"
        return {key[len(prefix):]: mark for key, mark in self.door.marks().items() if key.startswith(prefix)}

    def end_status(self, marks):
        return marks["end"]["status"] if "end" in marks else None


class Target:
    """A client, the application that it asks, and what stands between; why there are scenarios it can't show."""

    def __init__(self, name, client, application, version="1.1", proxy=None, cannot=None):
        self.name, self.client, self.application = name, client, application
        self.version = version
        self.proxy = proxy
        self.cannot = cannot or {}

    @property
    def may_hold(self):
        """Whether a proxy may hold back what is flushed until the answer ends."""
        return self.proxy is not None and self.proxy.may_hold

    def coding(self, gzip, streamed):
        if not gzip:
            return "identity"
        # HTTP/1.0 has no last chunk: only what is complete with its length is coded.
        upstream = self.proxy.version if self.proxy else self.version
        coded = upstream != "1.0" or not streamed
        if self.proxy:
            coded = (coded and self.proxy.passes_accept_encoding) or self.proxy.codes
        return "gzip" if coded else "identity"


class Check:
    """One scenario by one client.

    `failures` are what is wrong; `late` is what is wrong by its time alone, and may be so by other work on the machine.
    """

    def __init__(self, target, gzip):
        self.target, self.gzip = target, gzip
        self.application, self.client = target.application, target.client
        self.run = RUNS.next()
        self.failures = []
        self.late = []
        self.figures = {}
        self.held = False
        self.cannot = None

    def require(self, holds, reason):
        if not holds:
            self.failures.append(reason)

    def require_in_time(self, holds, reason):
        if not holds:
            self.late.append(reason)

    def prompt(self, seconds, what):
        self.figures[what] = seconds
        if seconds is None:
            return self.require(False, f"{what}: never")
        self.require_in_time(seconds <= PROMPT_SECONDS, f"{what} after {seconds * 1000:.0f} ms")

    def fetch(self, *routes):
        return self.client.fetch(*(self.application.request(route, self.run, self.gzip) for route in routes))

    def coded(self, answer, streamed):
        expected = self.target.coding(self.gzip, streamed)
        self.require(answer.coding == expected, f"coding {answer.coding}, not {expected}")
        if self.target.proxy is None or answer.coding == "gzip":
            self.require("accept-encoding" in answer.fields.get("vary", "").lower(), "no Vary: Accept-Encoding")
        recoded = self.target.proxy and self.target.proxy.recodes(self.gzip)
        if not streamed and not recoded:
            self.require(answer.content_length is not None, "no Content-Length")
            if answer.wire_length is not None:
                self.require(answer.content_length == answer.wire_length,
                             f"Content-Length {answer.content_length}, {answer.wire_length} bytes came")

    def wait_for(self, key, seconds=5 * scenarios.WORK_SECONDS):
        deadline = time.monotonic() + seconds
        while True:
            marks = self.application.marks(self.run)
            if key in marks or time.monotonic() > deadline:
                return marks
            time.sleep(0.15)

    def wait_for_work(self):
        self.require("done" in self.wait_for("done"), "the work after the response was not done")

    def early(self):
        first, second = self.fetch("/early", "/page")
        self.coded(first, streamed=False)
        self.prompt(first.complete, "complete")
        self.prompt(second.complete, "next answer")
        if self.client.keeps:
            self.require(second.reused is not False, "the connection was not kept")
        self.require_in_time(
            "done" not in self.application.marks(self.run), "the work was over before the second answer")
        self.wait_for_work()
        self.require(not any(scenarios.LATE_TEXT in answer.text for answer in (first, second)), "late text was seen")

    def early_close(self):
        answer, = self.fetch("/early-close")
        self.coded(answer, streamed=False)
        self.prompt(answer.complete, "complete")
        if self.target.version != "2" and self.target.proxy is None:
            self.require(answer.fields.get("connection") == "close", "no Connection: close")
        if answer.closed is not None:
            self.prompt(answer.closed, "closed")
        self.wait_for_work()
        self.require(scenarios.LATE_TEXT not in answer.text, "late text was seen")

    def redirect(self):
        first, second = self.fetch("/login", "/account")
        self.require(first.status == 302, f"status {first.status}")
        self.require(first.fields.get("location", "").endswith(("/account", f"/account?session={self.run}")), "no Location")
        self.require(first.content_length == 0, "no exact Content-Length")
        self.require(first.text == "", "a redirect with content")
        self.prompt(first.complete, "complete")
        self.prompt(second.complete, "follow-up")
        self.require(second.status == 200 and "account" in second.text, "wrong second answer")
        self.require_in_time("done" not in self.application.marks(self.run), "the work was over before the follow-up")
        self.wait_for_work()

    def vanish(self, route):
        request = self.application.request(route, self.run, self.gzip)
        may_hold = self.target.may_hold
        started = time.monotonic()
        answer = self.client.vanish(request, "Charging", LEAVE_SECONDS if may_hold else None)
        left_after = time.monotonic() - started
        if may_hold and not answer.arrivals:
            self.held = True
        else:
            self.coded(answer, streamed=True)
            self.require("Charging" in answer.text, "the flushed text was not seen")
            self.prompt(answer.arrivals[0][0] if answer.arrivals else None, "flushed text")
        marks = self.wait_for("end")
        self.require("charged" in marks, "not charged")
        if left_after > LEFT_SECONDS:
            self.late.append(f"the client left after {left_after * 1000:.0f} ms")
            return None
        self.require(self.application.end_status(marks) == "aborted",
                     f"the end hook saw {self.application.end_status(marks)}")
        return marks

    def order(self):
        marks = self.vanish("/order")
        self.require(marks is None or "recorded" in marks, "charged and not recorded")

    def order_cancelled(self):
        recorded = (self.vanish("/order-cancelled") or {}).get("recorded")
        # A script continues after a sleep that was cancelled, and its marks show that.
        is_cancelled = isinstance(recorded, dict) and recorded["cancelled"]
        self.require(recorded is None or is_cancelled, "recorded in spite of the cancellation")

    def nested(self):
        answer, = self.fetch("/nested")
        self.coded(answer, streamed=True)
        first, second = scenarios.FIRST_PARAGRAPH.upper(), scenarios.SECOND_PARAGRAPH.upper()
        self.require(answer.text == first + second, f"the whole text is {answer.text!r}")
        seen, text = answer.arrivals[0] if answer.arrivals else (None, "")
        if self.target.may_hold and text == answer.text:
            self.held = True
            self.figures["flushed text"] = seen
        else:
            # A client that is held up itself finds all of it.
            require = self.require_in_time if text == answer.text else self.require
            require(text == first, f"the first text is {text!r}")
            self.prompt(seen, "flushed text")

    def page(self):
        answer, = self.fetch("/page")
        self.coded(answer, streamed=False)
        self.prompt(answer.complete, "complete")
        self.require(answer.text.startswith("<html>") and answer.text.endswith("</body></html>"), "the page is not whole")
        self.require(scenarios.DISCARDED_TEXT not in answer.text, "the discarded buffer was sent")
        if answer.coding == "gzip" and answer.wire_length is not None:
            self.require(answer.wire_length < len(answer.text) / 4, "not smaller with gzip")

    def events(self):
        answer, = self.fetch("/events")
        self.coded(answer, streamed=True)
        self.require(answer.text == "".join(scenarios.EVENTS), f"the whole text is {answer.text!r}")
        if self.target.may_hold and len(answer.arrivals) == 1:
            self.held = True
            self.figures["first event"] = answer.arrivals[0][0]
            return
        # A client that is held up itself finds several.
        self.require_in_time([text for _, text in answer.arrivals] == scenarios.EVENTS, "not one arrival for each event")
        times = [seen for seen, _ in answer.arrivals]
        self.prompt(times[0] if times else None, "first event")
        for number, (before, after) in enumerate(zip(times, times[1:]), start=1):
            late = after - before - scenarios.EVENT_INTERVAL_SECONDS
            self.require_in_time(abs(late) <= EVENT_SECONDS, f"{(after - before) * 1000:.0f} ms off event {number}")


# Nothing reads a FlyingFox connection while a response is made; the demo's scenarios then write nothing.
FLYINGFOX_CANNOT = dict.fromkeys(
    ("4 order", "5 cancelled"), "a client that leaves is noticed only by a write that fails, and none is made in time")

SCENARIOS = [
    ("1 early", Check.early), ("2 close", Check.early_close), ("3 redirect", Check.redirect),
    ("4 order", Check.order), ("5 cancelled", Check.order_cancelled), ("6 flush", Check.nested),
    ("7 page", Check.page), ("8 events", Check.events),
]
