"""The demo server as a child process."""

import http.client
import json
import select
import subprocess
import time

START_SECONDS = 30.0
STOP_SECONDS = 10.0


class Server:
    """Runs the server on a free port of the loopback interface for as long as the `with` block runs."""

    def __init__(self, executable):
        self.process = subprocess.Popen([executable, "0"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.stopped_after = None
        try:
            self.address = self.read_address()
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise

    def read_address(self):
        """The server prints where it listens, as one line of JSON (`select` fails where a thousand files are open)."""
        output = select.poll()
        output.register(self.process.stdout, select.POLLIN)
        if not output.poll(START_SECONDS * 1000):
            raise RuntimeError(f"the server did not say where it listens within {START_SECONDS:.0f} s")
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the server ended with {self.process.wait()} before it listened")
        place = json.loads(line)
        return place["host"], place["port"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        started = time.monotonic()
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.stopped_after = time.monotonic() - started
        self.process.stdout.close()

    def marks(self, run):
        """What the handler of a run has reported about itself so far."""
        connection = http.client.HTTPConnection(*self.address, timeout=5)
        try:
            connection.request("GET", "/marks")
            return json.loads(connection.getresponse().read()).get(run, {})
        finally:
            connection.close()

    def wait_for_mark(self, run, key, seconds):
        """The marks of a run as soon as they have a key, or as they are when the time is up."""
        deadline = time.monotonic() + seconds
        while True:
            marks = self.marks(run)
            if key in marks or time.monotonic() > deadline:
                return marks
            time.sleep(0.01)
