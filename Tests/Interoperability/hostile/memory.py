"""How large a process is and was."""

from pathlib import Path

MEGABYTE = 1 << 20
# glibc keeps what is freed for the next time, in a heap for each thread. Told to give large pieces back, and to have
# few heaps, what stays resident is nearly what is in use.
ENVIRONMENT = {"MALLOC_MMAP_THRESHOLD_": "16384", "MALLOC_TRIM_THRESHOLD_": "65536", "MALLOC_ARENA_MAX": "2"}


class Memory:
    """The resident size of a process by Linux's account of it; where there is none, no peaks are known."""

    def __init__(self, process_id):
        self.folder = Path(f"/proc/{process_id}")

    def forget_peak(self):
        """The peak is from now on."""
        try:
            (self.folder / "clear_refs").write_text("5")
        except OSError:
            pass

    def figure(self, name):
        try:
            lines = (self.folder / "status").read_text().splitlines()
        except OSError:
            return 0
        sizes = [int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:")]
        return sizes[0] if sizes else 0

    def peak(self):
        return self.figure("VmHWM")

    def resident(self):
        return self.figure("VmRSS")
