"""What has to be on the machine: wrk; nginx and Go with klauspost's gzhttp where they can be had."""

import dataclasses
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
PACKAGE = Path(__file__).resolve().parents[1]
# After our own modules, because some names collide.
sys.path.append(str(REPOSITORY / "Tests" / "Interoperability" / "common"))

from packages import find, install  # noqa: E402

GO_SOURCES = Path("/usr/share/gocode")
GZHTTP = GO_SOURCES / "src/github.com/klauspost/compress/gzhttp"
PACKAGES = {
    "wrk": lambda: find("wrk"), "zstd": lambda: find("zstd"), "brotli": lambda: find("brotli"), "nginx-light": lambda: find("nginx"), "golang-go": lambda: find("go"),
    "golang-github-klauspost-compress-dev": lambda: GZHTTP.is_dir() or None,
}


@dataclass
class Tools:
    """The executables; None for what is missing."""

    swift: str
    wrk: str
    nginx: str | None
    go: str | None
    # The Swift servers built with the trait Tracing, where that is measured.
    swift_with_tracing: str | None = None

    @property
    def with_tracing(self):
        return dataclasses.replace(self, swift=self.swift_with_tracing)

    def has(self, kind):
        return kind.is_swift or getattr(self, kind.family) is not None


def prepare(executable, executable_with_tracing, folder):
    # Go takes more than a minute on a slow line.
    install([package for package, is_there in PACKAGES.items() if not is_there()], seconds=600)
    wrk, nginx = find("wrk"), find("nginx")
    if not wrk:
        sys.exit("wrk drives the servers, and it isn't here: please install it")
    if not nginx:
        print("nginx is left out: it isn't installed, and can't be from here")
    return Tools(str(executable.resolve()), wrk, nginx, build_go(folder),
                 executable_with_tracing and str(executable_with_tracing.resolve()))


def build_go(folder):
    """Builds our main against Debian's sources of klauspost/compress."""
    go = find("go")
    if not go or not GZHTTP.is_dir():
        print("Go with gzhttp is left out: it isn't installed, and can't be from here")
        return None
    server = folder / "go-server"
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": str(GO_SOURCES), "GOFLAGS": "",
                   "GOCACHE": str(PACKAGE / ".build" / "go-cache")}
    build = subprocess.run([go, "build", "-o", server, "."], cwd=PACKAGE / "go", env=environment,
                           capture_output=True, text=True, timeout=600)
    if build.returncode != 0:
        sys.exit(f"the Go server can't be built:\n{build.stderr}")
    return str(server)


def version(*command):
    said = subprocess.run(command, capture_output=True, text=True, timeout=30)
    return next(iter((said.stdout or said.stderr).splitlines()), "").strip()


def machine(tools, cores):
    """What the figures were measured on and with."""
    models = [line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
              if line.startswith("model name")]
    versions = {"swift": version("swift", "--version"), "wrk": version(tools.wrk, "-v")}
    if tools.nginx:
        versions["nginx"] = version(tools.nginx, "-v")
    if tools.go:
        versions["go"] = version(find("go"), "version")
    return {"processor": models[0] if models else platform.machine(), "system": platform.platform(),
            "cores": {"servers": cores.server, "wrk": cores.client}, "versions": versions}
