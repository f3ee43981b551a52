"""The content codings through decoders that others wrote: curl, Python's packages, the commands, nginx in front."""

import http.client
import json
import subprocess
import sys
import time
from pathlib import Path

import packages
from scripts import HTML, field
from servers import Nginx, ScriptedServer

# gzip, too, for what stands around them is the same.
CODINGS = ("zstd", "br", "gzip")
COMMANDS = {"zstd": ("zstd", ["-qdc"]), "br": ("brotli", ["-dc"]), "gzip": ("gzip", ["-dc"])}
PYTHON_PACKAGES = ("brotli", "zstandard")
FOLDER = Path(__file__).resolve().parents[3] / ".build" / "interop-codings"
SECONDS = 20
PAUSE_MS = 300

FLUSHED = "<h1>flushed</h1>\n"
PARAGRAPH = "<p>The quick brown fox jumps over the lazy dog.</p>\n"
PAGE = (PARAGRAPH * (20_000 // len(PARAGRAPH) + 1))[:20_000]
WHOLE = [{"op": "write", "html": len(PAGE)}]
STREAM = [{"op": "write", "text": FLUSHED}, {"op": "flush"}, {"op": "sleep", "ms": PAUSE_MS}, *WHOLE]
BODIES = {"whole": (WHOLE, PAGE), "stream": (STREAM, FLUSHED + PAGE)}

# Decodes pieces as they come, and tells the text after each.
DECODER = """
import json, sys, zlib
pieces, coding = json.load(sys.stdin)
if coding == "br":
    import brotli
    decoder = brotli.Decompressor()
    decode = decoder.decompress if hasattr(decoder, "decompress") else decoder.process
elif coding == "zstd":
    import zstandard
    decode = zstandard.ZstdDecompressor(max_window_size=8 << 20).decompressobj().decompress
else:
    decode = zlib.decompressobj(31).decompress
print(json.dumps([decode(bytes.fromhex(piece)).decode() for piece in pieces]))
"""


class Missing(Exception):
    """A decoder isn't on this machine and can't be installed."""


def install_python():
    """Makes an environment with Python's packages, once; gives its interpreter."""
    python = FOLDER / "bin" / "python"
    try:
        if not python.exists():
            try:
                run(sys.executable, "-m", "venv", "--clear", str(FOLDER))
            except (OSError, subprocess.SubprocessError):
                packages.install(["python3-venv"])
                run(sys.executable, "-m", "venv", "--clear", str(FOLDER))
        if subprocess.run([str(python), "-c", f"import {', '.join(PYTHON_PACKAGES)}"], capture_output=True).returncode:
            run(str(python), "-m", "pip", "install", "--quiet", *PYTHON_PACKAGES)
    except (OSError, subprocess.SubprocessError) as error:
        output = getattr(error, "stderr", b"") or b""
        raise Missing(f"{error} {output.decode(errors='replace')[-300:]}") from error
    return python


def run(*arguments):
    subprocess.run(arguments, check=True, capture_output=True, timeout=180)


def fetch(address, ops, coding):
    """The pieces of a response as they come, and its fields."""
    connection = http.client.HTTPConnection(*address, timeout=SECONDS)
    try:
        connection.request("GET", "/", headers={"Accept-Encoding": coding, **dict([field(ops, HTML)])})
        response = connection.getresponse()
        pieces, times, started = [], [], time.monotonic()
        while piece := response.read1(1 << 16):
            pieces.append(piece)
            times.append(time.monotonic() - started)
        return pieces, times, {name.lower(): value for name, value in response.getheaders()}
    finally:
        connection.close()


class CodingChecks:
    """What there is to check on one machine; `failures` and `skipped` tell what came of it."""

    def __init__(self, executable, adapters):
        self.executable, self.adapters = executable, adapters
        self.failures, self.skipped, self.count = [], [], 0

    def expect(self, holds, what):
        self.count += 1
        if not holds:
            self.failures.append(what)
            print(f"codings: FAIL {what}", flush=True)

    def run(self):
        packages.install([name for name in ("zstd", "brotli") if not packages.find(name)])
        for adapter in self.adapters:
            with ScriptedServer(self.executable, adapter, "--offer", ",".join(CODINGS)) as server:
                self.check_curl(server)
                if not server.is_http2:
                    self.check_pieces(server)
                    if adapter == "nio-h1":
                        self.check_nginx(server)
        print(f"codings: {self.count - len(self.failures)} of {self.count} checks hold", flush=True)

    def check_curl(self, server):
        if not packages.find("curl"):
            return self.skipped.append("codings: curl isn't on this machine")
        features = subprocess.run(["curl", "--version"], capture_output=True, text=True).stdout.split()
        names = {"zstd": "zstd", "br": "brotli", "gzip": "libz"}
        options = ["-k"] if server.is_tls else ["--http2-prior-knowledge"] if server.is_http2 else []
        for coding in CODINGS:
            if names[coding] not in features:
                self.skipped.append(f"codings: this curl doesn't know {coding}")
                continue
            for kind, (ops, text) in BODIES.items():
                name, value = field(ops, HTML)
                done = subprocess.run(
                    ["curl", "-sS", "--disable", "--noproxy", "*", "--compressed", "-m", str(SECONDS), "-D", "-", *options,
                     "-H", f"Accept-Encoding: {coding}", "-H", f"{name}: {value}", server.origin + "/"],
                    capture_output=True, timeout=SECONDS + 5)
                head, _, body = done.stdout.partition(b"\r\n\r\n")
                what = f"curl, {coding}, {kind}, {server.adapter}"
                self.expect(f"content-encoding: {coding}" in head.decode().lower(), f"{what}: {head!r}")
                self.expect(done.returncode == 0 and body.decode() == text,
                            f"{what}: {done.returncode} {done.stderr.decode()} {len(body)} bytes")

    def check_pieces(self, server):
        try:
            python = install_python()
        except Missing as error:
            python = None
            self.skipped.append(f"codings: Python's packages: {error}")
        for coding in CODINGS:
            for kind, (ops, text) in BODIES.items():
                pieces, times, fields = fetch(server.address, ops, coding)
                what = f"{coding}, {kind}, {server.adapter}"
                self.expect(fields.get("content-encoding") == coding, f"{what}: {fields}")
                tool, options = COMMANDS[coding]
                if packages.find(tool):
                    done = subprocess.run([tool, *options], input=b"".join(pieces), capture_output=True, timeout=SECONDS)
                    self.expect(done.returncode == 0 and done.stdout.decode() == text,
                                f"{tool}, {what}: {done.returncode} {done.stderr.decode()}")
                else:
                    self.skipped.append(f"codings: the command {tool}")
                if python:
                    done = subprocess.run(
                        [str(python), "-c", DECODER], text=True, capture_output=True, timeout=SECONDS,
                        input=json.dumps([[piece.hex() for piece in pieces], coding]))
                    texts = json.loads(done.stdout) if done.returncode == 0 else []
                    self.expect("".join(texts) == text, f"Python, {what}: {done.stderr[-300:]}")
                    early = sum(seen < PAUSE_MS / 2000 for seen in times)
                    self.expect(kind == "whole" or "".join(texts[:early]) == FLUSHED,
                                f"Python, {what}: {''.join(texts[:early])!r} is decoded before the pause")

    def check_nginx(self, server):
        """What is coded passes through untouched, also where nginx codes by itself."""
        executable = packages.find("nginx")
        if not executable:
            return self.skipped.append("codings: nginx isn't on this machine")
        sites = {
            f"buffering {buffering}": (
                server.address,
                f"gzip on; proxy_buffering {buffering}; proxy_http_version 1.1; proxy_set_header Connection \"\";")
            for buffering in ("on", "off")}
        nginx = Nginx(executable, sites)
        try:
            for site in sites:
                for coding in CODINGS:
                    for kind, (ops, _) in BODIES.items():
                        direct, _, _ = fetch(server.address, ops, coding)
                        proxied, _, fields = fetch(nginx.address(site), ops, coding)
                        self.expect(
                            fields.get("content-encoding") == coding and b"".join(proxied) == b"".join(direct),
                            f"nginx, {site}, {coding}, {kind}: {fields}")
        finally:
            nginx.stop()
