"""The scenarios, and what each one has to show on the wire."""

import time

from wire import Connection, WireError

PROMPT_SECONDS = 0.1
WORK_SECONDS = 1.0
EVENT_COUNT = 4
EVENT_INTERVAL_SECONDS = 0.3
LATE_TEXT = "text that nobody may see"
DISCARDED_TEXT = "advertisement"
FIRST_PARAGRAPH = (
    "<p>The first paragraph is flushed: it passes through the handler that makes capitals, the buffer below it and the "
    "coder, and the client has it while the handler waits for the second.</p>\n")
SECOND_PARAGRAPH = (
    "<p>The second paragraph is what the handler waited for: the end of the response flushes it, and the client has "
    "the whole page.</p>\n")
EVENTS = [
    f'id: {number}\n'
    f'data: {{"station":"Helgoland","reading":{number},"temperature":{{"value":14.2,"unit":"celsius"}},'
    '"pressure":{"value":1013,"unit":"hectopascal"},"wind":{"value":7.5,"unit":"metres per second"}}\n\n'
    for number in range(1, EVENT_COUNT + 1)]


class Row:
    """The measurements of one scenario, and its failures."""

    def __init__(self, scenario, accept_encoding):
        self.scenario = scenario
        self.accepted = accept_encoding == "gzip"
        self.coding = self.length = None
        self.first_byte = self.complete = self.next_answer = self.closed = self.work_done = None
        self.late_text = None
        self.failures = []

    def require(self, holds, reason):
        if not holds:
            self.failures.append(reason)

    def prompt(self, seconds, what):
        self.require(seconds <= PROMPT_SECONDS, f"{what} after {seconds * 1000:.0f} ms")

    def measure(self, response, coding=None):
        """Records a response; `coding` is the coding it must have with gzip accepted."""
        self.coding, self.length = response.coding, response.wire_length
        self.first_byte, self.complete = response.first_byte_after, response.complete_after
        expected = (coding or "identity") if self.accepted else "identity"
        self.require(response.coding == expected, f"coding {response.coding}, not {expected}")


class Demo:
    """Runs scenarios against one server."""

    def __init__(self, server):
        self.server = server
        self.run_count = 0
        self.plain_page_length = None

    def new_run(self):
        self.run_count += 1
        return f"run-{self.run_count}"

    def warm_up(self):
        """Sends the first requests, which pay for the process's one-time initialization."""
        for accept_encoding in ("gzip", "gzip;q=0"):
            with Connection(self.server.address) as connection:
                connection.request("/page", accept_encoding).read()

    def rows(self):
        scenarios = [
            ("1 early, keep-alive", self.early),
            ("2 early, close", self.early_close),
            ("3 redirect, session lock", self.redirect),
            ("4 order, ignores disconnect", self.order),
            ("5 order, cancelled", self.order_cancelled),
            ("6 nested buffers, one flush", self.nested),
            ("7 page, one buffer discarded", self.page),
            ("8 event stream", self.events),
        ]
        for name, scenario in scenarios:
            for accept_encoding in ("gzip;q=0", "gzip"):
                row = Row(name, accept_encoding)
                try:
                    scenario(row, self.new_run(), accept_encoding)
                except (WireError, OSError, ValueError) as error:
                    row.failures.append(str(error))
                yield row

    def wait_for_work(self, row, run, started):
        """Checks that work after an answer is done a second later, not before."""
        marks = self.server.wait_for_mark(run, "done", seconds=5 * WORK_SECONDS)
        row.require("done" in marks, "the work after the answer was not done")
        if "done" in marks:
            row.work_done = time.monotonic() - started
            row.require(row.work_done >= 0.9 * WORK_SECONDS, "the work was done before the answer")
        return marks

    def early(self, row, run, accept_encoding):
        with Connection(self.server.address) as connection:
            first = connection.request(f"/early?id={run}", accept_encoding).read()
            row.measure(first, coding="gzip")
            row.prompt(first.complete_after, "message complete")
            row.require(first.content_length == first.wire_length, "no exact Content-Length")
            second = connection.request("/page", accept_encoding).read()
            row.next_answer = second.complete_after
            row.prompt(second.complete_after, "second answer on the connection")
            row.require("done" not in self.server.marks(run), "the work was over before the second answer")
            marks = self.wait_for_work(row, run, first.started)
            row.require(marks.get("done") == str(len(LATE_TEXT)), "late text was not counted as discarded")
            self.require_no_late_text(row, connection, first, second)

    def early_close(self, row, run, accept_encoding):
        with Connection(self.server.address) as connection:
            response = connection.request(f"/early-close?id={run}", accept_encoding).read()
            row.measure(response, coding="gzip")
            row.prompt(response.complete_after, "message complete")
            row.require(response.content_length == response.wire_length, "no exact Content-Length")
            row.require(response.fields.get("connection") == "close", "no Connection: close")
            row.closed = connection.wait_for_end() - response.started
            row.prompt(row.closed, "connection closed")
            self.wait_for_work(row, run, response.started)
            self.require_no_late_text(row, connection, response)

    def require_no_late_text(self, row, connection, *responses):
        """Checks, after the work is done, that nothing but the responses was sent on the connection."""
        strays = connection.has_stray_bytes()
        row.late_text = (
            strays or LATE_TEXT.encode() in connection.received
            or any(LATE_TEXT in response.text for response in responses))
        row.require(not row.late_text, "something written late was sent")

    def redirect(self, row, run, accept_encoding):
        path = f"/login?id={run}&session={run}"
        with Connection(self.server.address) as connection:
            answer = connection.request(path, accept_encoding).read()
            row.measure(answer)
            row.prompt(answer.complete_after, "message complete")
            row.require(answer.status == 302, f"status {answer.status}")
            row.require(answer.content_length == 0, "no exact Content-Length")
            with Connection(self.server.address) as follower:
                followed = follower.request(answer.fields["location"], accept_encoding).read()
            row.next_answer = followed.complete_after
            row.require(followed.status == 200 and "account" in followed.text, "wrong second answer")
            row.prompt(followed.complete_after, "follow-up of the same session")
            row.require("done" not in self.server.marks(run), "the work was over before the follow-up")
            self.wait_for_work(row, run, answer.started)

    def vanish(self, row, path, run, accept_encoding):
        """Leaves between "charge" and "record", and returns the handler's final report."""
        with Connection(self.server.address) as connection:
            response = connection.request(f"{path}?id={run}", accept_encoding).read_until("Charging")
            row.measure(response, coding="gzip")
            row.prompt(response.first_byte_after, "flushed text")
        row.require("recorded" not in self.server.marks(run), "recorded before the client had left")
        marks = self.server.wait_for_mark(run, "end", seconds=5 * WORK_SECONDS)
        row.work_done = response.elapsed()
        row.require(marks.get("charged") == "yes", "not charged")
        row.require(marks.get("end") == "aborted", f"the end hook saw {marks.get('end')}")
        return marks

    def order(self, row, run, accept_encoding):
        marks = self.vanish(row, "/order", run, accept_encoding)
        row.require(marks.get("recorded") == "yes", "charged and not recorded")
        row.require("cancelled" not in marks, "the task was cancelled")
        row.require(row.work_done >= 0.9 * WORK_SECONDS, "ended before the work was done")

    def order_cancelled(self, row, run, accept_encoding):
        marks = self.vanish(row, "/order-cancelled", run, accept_encoding)
        row.require(marks.get("cancelled") == "yes", "the task was not cancelled")
        row.require("recorded" not in marks, "recorded in spite of the cancellation")
        row.require(row.work_done < 0.9 * WORK_SECONDS, "the cancellation waited for the work")

    def nested(self, row, run, accept_encoding):
        with Connection(self.server.address) as connection:
            response = connection.request(f"/nested?id={run}", accept_encoding).read()
        row.measure(response, coding="gzip")
        seen, text = response.arrivals[0]
        first, second = FIRST_PARAGRAPH.upper(), SECOND_PARAGRAPH.upper()
        row.require(text == first, f"the first text decoded is {text!r}")
        row.require(response.text == first + second, f"the whole text is {response.text!r}")
        row.prompt(seen, "flushed text")
        row.require(response.complete_after - seen >= 0.8 * WORK_SECONDS, "text held back until the end")
        self.require_savings(row, response)

    def require_savings(self, row, response):
        if row.accepted:
            row.require(response.wire_length < len(response.text), "not smaller with gzip")

    def page(self, row, run, accept_encoding):
        with Connection(self.server.address) as connection:
            response = connection.request(f"/page?id={run}", accept_encoding).read()
            row.require(not connection.has_stray_bytes(), "bytes after the message")
        row.measure(response, coding="gzip")
        row.prompt(response.complete_after, "message complete")
        row.require(response.content_length == response.wire_length, "no exact Content-Length")
        row.require(response.text.endswith("</body></html>"), "the page is not whole")
        row.require(DISCARDED_TEXT not in response.text, "the discarded buffer was sent")
        if row.accepted:
            row.require(response.wire_length < self.plain_page_length, "not smaller with gzip")
        else:
            self.plain_page_length = response.wire_length

    def events(self, row, run, accept_encoding):
        with Connection(self.server.address) as connection:
            response = connection.request(f"/events?id={run}", accept_encoding).read()
        row.measure(response, coding="gzip")
        self.require_savings(row, response)
        row.require([text for _, text in response.arrivals] == EVENTS, "not one arrival for each event")
        times = [seen for seen, _ in response.arrivals]
        row.prompt(times[0], "first event")
        for number, (before, after) in enumerate(zip(times, [*times[1:], response.complete_after]), start=1):
            delay = abs(after - before - EVENT_INTERVAL_SECONDS)
            row.require(delay <= PROMPT_SECONDS, f"{(after - before) * 1000:.0f} ms after event {number}")
