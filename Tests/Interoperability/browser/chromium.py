"""Headless Chromium, driven over its own protocol.

https://chromedevtools.github.io/devtools-protocol/: JSON messages, here through a pair of pipes
(`--remote-debugging-pipe`), each ended by a NUL, so that there is no port and no websocket. The browser ends when its
pipes are closed.
"""

import base64
import collections
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

DEADLINE_SECONDS = 20.0
FLAGS = [
    "--headless=new", "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check", "--disable-gpu",
    "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-background-timer-throttling", "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows", "--disable-extensions", "--hide-scrollbars", "--mute-audio",
    "--force-color-profile=srgb", "--font-render-hinting=none"]


class BrowserError(Exception):
    """The browser says no, or nothing in time."""


class Browser:
    """The process; `with` ends it."""

    def __init__(self, executable):
        self.folder = tempfile.mkdtemp(prefix="browser-")
        to_browser, self.output = os.pipe()
        self.input, from_browser = os.pipe()

        def place():
            # The third copy of each is beyond 4, so that neither place is written over.
            ends = [os.dup(os.dup(os.dup(end))) for end in (to_browser, from_browser)]
            for place, end in zip((3, 4), ends):
                os.dup2(end, place)

        flags = FLAGS + (["--no-sandbox"] if os.geteuid() == 0 else []) + [f"--user-data-dir={self.folder}"]
        self.log = tempfile.TemporaryFile()
        try:
            self.process = subprocess.Popen(
                [executable, *flags, "about:blank"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=self.log, close_fds=False, preexec_fn=place, env={**os.environ, "HOME": self.folder})
        finally:
            os.close(to_browser)
            os.close(from_browser)
        self.pending = b""
        self.count = 0
        self.answers = {}
        self.events = collections.defaultdict(list)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.output)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.input)
        shutil.rmtree(self.folder, ignore_errors=True)

    def call(self, method, session=None, seconds=DEADLINE_SECONDS, **parameters):
        """Sends a command and returns its result."""
        self.count += 1
        number = self.count
        message = {"id": number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.output, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + seconds
        while number not in self.answers:
            self.receive(deadline, method)
        answer = self.answers.pop(number)
        if "error" in answer:
            raise BrowserError(f"{method}: {answer['error']}")
        return answer["result"]

    def receive(self, deadline, what):
        """Takes what has come in, and waits for it; events are kept by their session."""
        ready, _, _ = select.select([self.input], [], [], max(0, deadline - time.monotonic()))
        if not ready:
            raise BrowserError(f"{what}: nothing in time")
        data = os.read(self.input, 1 << 20)
        if not data:
            self.log.seek(0)
            raise BrowserError(f"{what}: the browser has ended\n{self.log.read().decode(errors='replace')[-1500:]}")
        *messages, self.pending = (self.pending + data).split(b"\0")
        for message in map(json.loads, messages):
            if "id" in message:
                self.answers[message["id"]] = message
            else:
                self.events[message.get("sessionId")].append(message)

    def page(self, url, **emulation):
        """Opens a page in a context of its own: no connection, cache or setting is shared with another."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        return Page(self, context, session, url, **emulation)


class Page:
    """One page; what it logs and asks for is kept."""

    def __init__(self, browser, context, session, url, script=True, dark=False, width=1280, height=900, still=False):
        self.browser, self.context, self.session = browser, context, session
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setFocusEmulationEnabled", enabled=True)
        self.call("Emulation.setScriptExecutionDisabled", value=not script)
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce" if still else "no-preference"}])
        self.call("Page.navigate", url=url)
        self.wait_for_event("Page.loadEventFired")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.browser.call("Target.disposeBrowserContext", browserContextId=self.context)

    def call(self, method, **parameters):
        return self.browser.call(method, session=self.session, **parameters)

    @property
    def events(self):
        return self.browser.events[self.session]

    def wait_for_event(self, method, seconds=DEADLINE_SECONDS):
        deadline = time.monotonic() + seconds
        while not any(event["method"] == method for event in self.events):
            self.browser.receive(deadline, method)

    def evaluate(self, expression, seconds=DEADLINE_SECONDS):
        """The value of an expression; a promise is waited for."""
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True,
                           seconds=seconds)
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise BrowserError(f"{details.get('exception', {}).get('description', details['text'])} in {expression[:200]}")
        return answer["result"].get("value")

    def wait_until(self, condition, seconds=DEADLINE_SECONDS):
        """Waits, by the page's own changes, until a condition holds."""
        held = self.evaluate(f"""new Promise(resolve => {{
            const holds = () => {{ if ({condition}) {{ observer.disconnect(); clearTimeout(timer); resolve(true); }} }};
            const observer = new MutationObserver(holds);
            const timer = setTimeout(() => {{ observer.disconnect(); resolve(false); }}, {seconds * 1000});
            observer.observe(document, {{subtree: true, childList: true, attributes: true, characterData: true}});
            holds();
        }})""", seconds=seconds + DEADLINE_SECONDS)
        if not held:
            raise BrowserError(f"within {seconds} s not: {condition}")

    def click(self, selector):
        """Clicks with the mouse in the middle of an element."""
        x, y = self.evaluate(f"""(() => {{
            const element = document.querySelector({json.dumps(selector)});
            element.scrollIntoView({{block: 'center', behavior: 'instant'}});
            const {{x, y, width, height}} = element.getBoundingClientRect();
            return [x + width / 2, y + height / 2];
        }})()""")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def press(self, key, shift=False):
        """Presses a key."""
        code, number, text = {
            "Tab": ("Tab", 9, ""), "Enter": ("Enter", 13, "\r"), " ": ("Space", 32, " "),
            "ArrowRight": ("ArrowRight", 39, ""), "ArrowLeft": ("ArrowLeft", 37, "")}[key]
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=code, windowsVirtualKeyCode=number,
                      modifiers=8 if shift else 0, **({"text": text} if text and kind == "keyDown" else {}))

    def throttle(self, latency=0, bytes_per_second=-1):
        """Makes the network as slow as this; latency is in milliseconds."""
        self.call("Network.emulateNetworkConditions", offline=False, latency=latency,
                  downloadThroughput=bytes_per_second, uploadThroughput=-1)

    def errors(self):
        """What the console shows as an error or a warning."""
        found = []
        for event in self.events:
            method, parameters = event["method"], event["params"]
            if method == "Runtime.exceptionThrown":
                found.append(parameters["exceptionDetails"].get("exception", {}).get("description", "exception"))
            if method == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
                found.append(f"{parameters['entry']['text']} {parameters['entry'].get('url', '')}")
            if method == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning", "assert"):
                found.append(str([argument.get("value") for argument in parameters["args"]]))
        return found

    def requested(self):
        """What has been asked for, but what is in the page itself."""
        return [event["params"]["request"]["url"] for event in self.events
                if event["method"] == "Network.requestWillBeSent"
                and not event["params"]["request"]["url"].startswith("data:")]

    def screenshot(self, path, **clip):
        options = {"clip": {**clip, "scale": 1}, "captureBeyondViewport": True} if clip else {}
        data = self.call("Page.captureScreenshot", format="png", **options)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))
