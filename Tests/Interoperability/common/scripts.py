"""Scripts of the scripted server, among them the demo's scenarios."""

import base64
import json

from servers import scenarios

LOREM_IPSUM = "<p>Lorem ipsum dolor sit amet, consectetur adipiscing elit.</p>\n"
HTML = [["Content-Type", "text/html; charset=utf-8"]]


def encode(ops, headers=HTML, status=200):
    """A script as the content of a request."""
    return json.dumps({"status": status, "headers": headers, "ops": ops}, separators=(",", ":")).encode()


def field(ops, headers=HTML, status=200):
    """The header field that carries a script."""
    return "X-Script", base64.urlsafe_b64encode(encode(ops, headers, status)).decode().rstrip("=")


def write(text, repeat=1):
    return {"op": "write", "text": text, "repeat": repeat}


def write_html(length, repeat=1):
    return {"op": "write", "html": length, "repeat": repeat}


def write_random(length, repeat=1):
    return {"op": "write", "random": length, "repeat": repeat}


def finish(connection="keepAlive"):
    return {"op": "finish", "connection": connection}


def at_end(*ops):
    return {"op": "atEnd", "ops": list(ops)}


def sleep(milliseconds):
    return {"op": "sleep", "ms": milliseconds}


def mark(key):
    return {"op": "mark", "key": key}


FLUSH = {"op": "flush"}
WORK = sleep(int(scenarios.WORK_SECONDS * 1000))


def early(run, connection):
    return [
        write("<h1>Thank you</h1>"), write(LOREM_IPSUM, 100), {"op": "finish", "connection": connection},
        WORK, write(scenarios.LATE_TEXT), mark(f"{run}-done")]


def order(run, ignores_disconnect):
    return [
        {"op": "ignoreDisconnect", "value": ignores_disconnect}, {"op": "atEnd", "ops": [mark(f"{run}-end")]},
        mark(f"{run}-charged"), write("<p>Charging your card"), FLUSH, WORK, mark(f"{run}-recorded"),
        write(" … done.</p>")]


def demo_scripts(run):
    """The scripts that are equivalent to the demo server's routes: operations, header fields, status."""
    lock = {"op": "lock", "name": run, "auto": True}
    events = [op for event in scenarios.EVENTS for op in (
        write(event), sleep(int(scenarios.EVENT_INTERVAL_SECONDS * 1000)))]
    return {
        "/early": (early(run, "keepAlive"), HTML, 200),
        "/early-close": (early(run, "close"), HTML, 200),
        "/login": ([lock, {"op": "finish"}, WORK, mark(f"{run}-done")], [["Location", "/account"]], 302),
        "/account": ([lock, write("<h1>Your account</h1>")], HTML, 200),
        "/order": (order(run, True), HTML, 200),
        "/order-cancelled": (order(run, False), HTML, 200),
        "/nested": (
            [{"op": "start"}, {"op": "start", "handler": "upper"}, write(scenarios.FIRST_PARAGRAPH), FLUSH, WORK,
             write(scenarios.SECOND_PARAGRAPH)], HTML, 200),
        "/page": (
            [{"op": "start"}, write("<html><body>"), {"op": "start"}, write(LOREM_IPSUM, 100), {"op": "endFlush"},
             {"op": "start"}, write("<p>an advertisement that was not wanted after all</p>"), {"op": "endClean"},
             write("</body></html>"), {"op": "endFlush"}], HTML, 200),
        "/events": (events, [["Content-Type", "text/event-stream"]], 200),
    }
