"""The servers under test as child processes, each ended by its own process id.

`Server` of the demo's measuring client starts a process, reads where it listens and ends it.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(REPOSITORY / "docs" / "Examples" / "demo"))

from connections import fetch  # noqa: E402
import scenarios  # noqa: E402,F401  (the demo's, by its name)
from server import Server  # noqa: E402
import wire  # noqa: E402,F401


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def leave_on_sigterm():
    """Told to end, a script leaves its blocks in order, and ends with that the servers that it has started."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))


def adapters(executable):
    """The adapters that a scripted server was built with, as its usage says."""
    usage = subprocess.run([executable, "--help"], capture_output=True, text=True, timeout=30).stdout
    values = " ".join(usage.split()).split("(values: ", 1)[-1].split(")", 1)[0]
    return [value.strip() for value in values.split(",")]


class ScriptedServer(Server):
    """`scripted-server` with one adapter; what it logs is kept for the report."""

    def __init__(self, executable, adapter, *options, environment=None):
        self.adapter, self.options = adapter, options
        self.log = tempfile.TemporaryFile()
        self.stopped_after = None
        self.process = subprocess.Popen(
            [executable, "--adapter", adapter, "--port", "0", *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log,
            env={**os.environ, **(environment or {})})
        try:
            self.address = self.read_address()
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise

    @property
    def is_http2(self):
        return self.adapter.endswith("h2")

    @property
    def is_tls(self):
        return self.adapter == "hummingbird-h2" or "--tls" in self.options

    @property
    def origin(self):
        return f"{'https' if self.is_tls else 'http'}://{self.address[0]}:{self.address[1]}"

    def log_tail(self, limit=600):
        size = self.log.seek(0, os.SEEK_END)
        self.log.seek(max(0, size - limit))
        return self.log.read().decode("utf-8", "replace").strip()


class SideDoor:
    """The side doors of a scripted server, on a connection of their own each time."""

    def __init__(self, server, timeout=10):
        self.server, self.timeout = server, timeout

    def get(self, path, method="GET"):
        return json.loads(fetch(self.server, path, method=method, timeout=self.timeout).body)

    def stats(self):
        return self.get("/stats")

    def reset(self):
        """Forgets all marks."""
        self.get("/reset", method="POST")

    def marks(self):
        """All marks of all requests as one table, and the requests."""
        requests = self.get("/marks")["requests"]
        return {key: mark for request in requests for key, mark in request["marks"].items()}


class Nginx:
    """nginx in front, a port for each configuration."""

    def __init__(self, executable, sites):
        self.process = None
        self.folder = tempfile.mkdtemp(prefix="interop-nginx-")
        try:
            self.start(executable, sites)
        except BaseException:
            self.stop()
            raise

    def start(self, executable, sites):
        self.ports = {name: free_port() for name in sites}
        servers = "\n".join(
            f"server {{ listen 127.0.0.1:{self.ports[name]}; location / {{\n"
            f"    proxy_pass http://{host}:{port};\n    {settings}\n}} }}"
            for name, ((host, port), settings) in sites.items())
        configuration = Path(self.folder, "nginx.conf")
        paths = "".join(
            f"{kind}_temp_path {self.folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        configuration.write_text(
            f"daemon off;\nmaster_process off;\npid {self.folder}/pid;\nerror_log {self.folder}/error.log warn;\n"
            "events { worker_connections 512; }\n"
            f"http {{\naccess_log off;\ndefault_type text/plain;\n{paths}\n"
            "gzip_types text/html text/event-stream;\ngzip_proxied any;\ngzip_min_length 20;\ngzip_vary on;\n"
            f"large_client_header_buffers 4 32k;\n{servers}\n}}\n".replace("gzip_types text/html ", "gzip_types "))
        self.process = subprocess.Popen(
            [executable, "-p", self.folder, "-c", str(configuration), "-e", f"{self.folder}/error.log"],
            stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        for port in self.ports.values():
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    if time.monotonic() > deadline or self.process.poll() is not None:
                        raise RuntimeError("nginx did not start")
                    time.sleep(0.05)

    def address(self, name):
        return "127.0.0.1", self.ports[name]

    def errors(self):
        return Path(self.folder, "error.log").read_text(errors="replace").strip()

    def stop(self):
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Runs:
    """Names that no other run has."""

    def __init__(self):
        self.lock = threading.Lock()
        self.count = 0

    def next(self):
        with self.lock:
            self.count += 1
            return f"run-{self.count}"
