"""The demo server as a child process."""

import http.client
import json
import select
import subprocess
import time

START_SECONDS = 30.0
STOP_SECONDS = 10.0


class Server:
    """Runs the server on a free port of the loopback interface during the `with` block."""

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
        """Reads the server's address, which it prints as a line of JSON (`select` fails with a thousand open files)."""
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
        """Returns what the handler of a run has reported so far."""
        connection = http.client.HTTPConnection(*self.address, timeout=5)
        try:
            connection.request("GET", "/marks")
            return json.loads(connection.getresponse().read()).get(run, {})
        finally:
            connection.close()

    def wait_for_mark(self, run, key, seconds):
        """Returns the marks of a run once they contain a key, or when the time is up."""
        deadline = time.monotonic() + seconds
        while True:
            marks = self.marks(run)
            if key in marks or time.monotonic() > deadline:
                return marks
            time.sleep(0.01)
