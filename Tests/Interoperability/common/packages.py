"""Programs that the scripts need and Debian has."""

import os
import shutil
import subprocess
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
