"""The servers as child processes on the loopback interface, each ended by its own process id."""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

START_SECONDS = 10
STOP_SECONDS = 5
PR_SET_PDEATHSIG = 1


class Cores:
    """The server's core and the client's; the same where there is only one."""

    def __init__(self):
        available = sorted(os.sched_getaffinity(0))
        self.server, self.client = available[0], available[-1]
        if len(available) == 1:
            print("there is one core: servers and wrk share it, and rates mean little")


def pinned(core):
    """What a child does before it runs: it keeps to a core, and ends with this process."""
    libc = ctypes.CDLL(None)

    def prepare():
        os.sched_setaffinity(0, {core})
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

    return prepare


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Instance:
    """A server of a kind at a level, for as long as the `with` block runs."""

    def __init__(self, kind, level, tools, cores, pages):
        self.name = f"{kind.name} at level {level}" if kind.codes else kind.name
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="server-", dir=pages))
        self.log = open(self.folder / "log", "w+")
        self.process = None
        if kind.family == "nginx":
            command = self.nginx(tools.nginx, level, pages)
        elif kind.family == "go":
            command = [tools.go, kind.name.removeprefix("go-"), str(self.port), str(level), pages]
        else:
            command = [tools.swift, kind.name, str(self.port), str(level), pages]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
                                        preexec_fn=pinned(cores.server))
        try:
            self.wait_for_port()
        except BaseException:
            self.stop()
            raise

    def nginx(self, executable, level, pages):
        """One process without workers; the files stay open, and in the system's page cache."""
        paths = "".join(f"{kind}_temp_path {self.folder}/{kind};\n"
                        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        configuration = self.folder / "nginx.conf"
        configuration.write_text(f"""daemon off;
master_process off;
pid {self.folder}/pid;
error_log {self.folder}/error.log warn;
events {{ worker_connections 1024; }}
http {{
access_log off;
{paths}
types {{ }}
default_type text/html;
charset utf-8;
sendfile on;
tcp_nopush on;
keepalive_requests 1000000000;
keepalive_timeout 1h;
open_file_cache max=16 inactive=1h;
open_file_cache_valid 1h;
gzip on;
gzip_comp_level {level};
gzip_min_length 1024;
gzip_vary on;
server {{ listen 127.0.0.1:{self.port} backlog=4096; root {pages}; add_header Cache-Control max-age=60; }}
}}
""")
        return [executable, "-p", self.folder, "-c", configuration, "-e", self.folder / "error.log"]

    def wait_for_port(self):
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                return socket.create_connection(self.address, timeout=1).close()
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"{self.name} did not start: {self.said()}") from None
                time.sleep(0.02)

    @property
    def address(self):
        return "127.0.0.1", self.port

    def said(self):
        self.log.seek(0)
        return self.log.read()[-600:].strip() or "it said nothing"

    def cpu_nanoseconds(self):
        """The CPU time of all threads of the process so far; none of the servers has children."""
        # The clock of a process is named by its id (clock_getcpuclockid(3)).
        return time.clock_gettime_ns((~self.process.pid << 3) | 2)

    def anonymous_bytes(self):
        """The memory that the process has for itself and touches."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
        raise RuntimeError(f"{self.name} has ended: {self.said()}")

    def stop(self):
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
