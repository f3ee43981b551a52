"""An HTTP checker that others wrote, REDbot, on the demo's pages."""

import json
import subprocess
from pathlib import Path

import packages

PACKAGE = "redbot==2.7.1"
FOLDER = Path(__file__).resolve().parents[3] / ".build" / "redbot"
# A page may be asked for several times, and some take a second.
SECONDS = 60
# What a page must not have; "GOOD" and "INFO" are praise and facts.
BAD_LEVELS = ("WARN", "BAD")
PAGES = ("", "page", "early", "early-close", "login", "account", "nested", "events", "order", "tagged")


class CheckerMissing(Exception):
    """The checker isn't on this machine and can't be installed."""


def install():
    """Makes an environment of its own for the checker, once; gives the path of its command."""
    command = FOLDER / "bin" / "redbot"
    if command.exists():
        return command
    try:
        packages.python_environment(FOLDER, PACKAGE)
    except (OSError, subprocess.SubprocessError) as error:
        output = getattr(error, "stderr", b"") or b""
        raise CheckerMissing(f"{error} {output.decode(errors='replace')[-300:]}") from error
    return command


def check(command, origin, page):
    """What the checker finds fault with in a page; a list of notes."""
    url = f"{origin}/{page}?session=redbot-{page}"
    done = subprocess.run([str(command), "-o", "har", url], capture_output=True, timeout=SECONDS)
    try:
        entries = json.loads(done.stdout)["log"]["entries"]
        notes = [note for entry in entries for note in entry["_red_messages"]]
    except (ValueError, KeyError) as error:
        return [f"no report: {error!r} {(done.stdout + done.stderr).decode(errors='replace')[-200:]}"]
    if not notes:
        return ["no report: not one note"]
    return [
        f"{note['level']} {note['note_id']}: {note['summary']}" for note in notes if note["level"] in BAD_LEVELS]


def check_pages(origin):
    """Asks for each page and prints a line for it.

    Returns what is wrong. Raises CheckerMissing.
    """
    command = install()
    failures = []
    for page in PAGES:
        found = check(command, origin, page)
        print(f"redbot /{page}: {'; '.join(found) if found else 'no warning, no bad note'}", flush=True)
        failures += [f"redbot /{page}: {note}" for note in found]
    return failures
