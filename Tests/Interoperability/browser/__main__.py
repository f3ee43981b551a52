"""The demo's page in headless Chromium.

    python3 Tests/Interoperability/browser DEMO-SERVER [--screenshots FOLDER]

Prints a row a check, and exits with 0 only if every one holds; or makes the screenshots of the documentation. Where
Chromium is missing, it is installed as root where apt is.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "common"))

from accessibility import AccessibilityCheck  # noqa: E402
from checks import Check  # noqa: E402
from chromium import Browser, BrowserError  # noqa: E402
from packages import find, install  # noqa: E402
import screenshots  # noqa: E402
from servers import leave_on_sigterm, Server  # noqa: E402

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# The first visits of a process pay for what all others find done; the last ends the server.
CHECKS = [
    ("readable without script", Check, Check.without_script),
    ("run all, identity and gzip", Check, Check.run_all),
    ("run all, slow network and reader", Check, Check.run_all_slowly),
    ("other codings on offer", Check, Check.other_codings),
    ("keepAlive and close", Check, Check.connections),
    ("leave now", Check, Check.leaving),
    ("a late answer fails", Check, Check.failing),
    ("motion, and less of it", Check, Check.motion),
    ("narrow windows", Check, Check.narrow),
    ("keyboard", AccessibilityCheck, AccessibilityCheck.keyboard),
    ("contrast and names of drawings", AccessibilityCheck, AccessibilityCheck.drawn_text),
    ("axe-core", AccessibilityCheck, AccessibilityCheck.rules),
    ("shutdown with an open page", Check, Check.shutdown),
]


def browser():
    """The path of Chromium; installs it where it is missing and can be."""
    def found():
        return next(filter(None, map(find, NAMES)), None)

    if not found():
        install(["chromium"], seconds=300)
    return found() or sys.exit("Chromium is missing, and it can't be installed from here (Debian: apt-get install chromium)")


def attempt(kind, action, running, server):
    check = kind(running, server)
    try:
        action(check)
    except (BrowserError, AssertionError, OSError, KeyError, TypeError) as error:
        check.failures.append(f"{type(error).__name__}: {error}")
    return check


def perform(running, server):
    """Runs the checks; the number of those that don't hold."""
    failed = 0
    for name, kind, action in CHECKS:
        started = time.monotonic()
        check = attempt(kind, action, running, server)
        if check.failures and server.process.poll() is None:
            # Other work on the machine delays a browser: what fails by its time holds the second time.
            print("\n".join(f"    once: {failure}" for failure in check.failures), flush=True)
            check = attempt(kind, action, running, server)
        failed += bool(check.failures)
        print(f"{name:<34}{'FAIL' if check.failures else 'ok':<6}{time.monotonic() - started:>5.1f} s  "
              f"{'; '.join(check.notes)}".rstrip(), flush=True)
        for failure in check.failures:
            print(f"    {failure}", flush=True)
    return failed


def main():
    arguments = sys.argv[1:]
    folder = arguments.pop() if len(arguments) == 3 and arguments[1] == "--screenshots" else None
    if len(arguments) != (2 if folder else 1):
        sys.exit("usage: python3 Tests/Interoperability/browser DEMO-SERVER [--screenshots FOLDER]")
    leave_on_sigterm()
    started = time.monotonic()
    executable = browser()
    if folder:
        screenshots.prepare()
    with Server(arguments[0]) as server, Browser(executable) as running:
        if folder:
            screenshots.take(running, server, Path(folder))
            return
        failed = perform(running, server)
    print(f"{len(CHECKS) - failed} of {len(CHECKS)} checks hold; {time.monotonic() - started:.0f} s")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
