"""Programs that the scripts need and Debian has."""

import os
import shutil
import subprocess
import sys
from pathlib import Path


def find(name):
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


def install(packages, seconds=120):
    """Installs packages as root where apt is, and else does nothing.

    Without a word where it fails: the caller looks for what it needs. Each of the two steps may take the time given.
    """
    if not packages or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print(f"installing {', '.join(packages)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # A daemon that a package brings is not to start: this exits with 101, "not allowed".
    policy = Path("/usr/sbin/policy-rc.d")
    ours = not policy.exists()
    if ours:
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
    try:
        for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
            subprocess.run(["apt-get", *command], env=environment, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, timeout=seconds)
    except subprocess.TimeoutExpired:
        pass
    finally:
        if ours:
            policy.unlink()


def python_environment(folder, *packages):
    """Makes an environment of its own for packages of Python, with the arguments of `pip install`.

    Raises OSError and subprocess.SubprocessError.
    """
    def run(*arguments):
        subprocess.run(arguments, check=True, capture_output=True, timeout=180)

    try:
        run(sys.executable, "-m", "venv", "--clear", str(folder))
    except (OSError, subprocess.SubprocessError):
        # Debian's Python comes without.
        install(["python3-venv"])
        run(sys.executable, "-m", "venv", "--clear", str(folder))
    run(str(folder / "bin" / "pip"), "install", "--quiet", *packages)
