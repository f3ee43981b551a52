"""The attacks by name."""

ATTACKS = []


class Attack:
    """What is done to a target, and how much memory that may take.

    An attacker can make a server hold what its requests and its unread responses are allowed to take; `peak` says
    what that comes to, in megabytes. When it is over nothing of it may be kept but pools, such as that of idle coders
    (16 of 256 KiB), and what the allocator has not given back. The latter serves the next attack: where more is left
    than KEPT_MEGABYTES the attack is repeated, and a leak is what leaves as much each time. So is what other work on
    the machine may have spoiled, such as a time; what is wrong by its content is wrong at once.
    """

    # A single connection: the response's buffers (64 KiB each), 256 KiB on its way to the socket, an encoder.
    PEAK_MEGABYTES = 16
    KEPT_MEGABYTES = 12
    REPETITIONS = 3

    def __init__(self, name, run, versions, adapters, peak, cannot):
        self.name, self.run = name, run
        self.versions, self.adapters, self.peak, self.cannot = versions, adapters, peak, cannot

    def fits(self, target):
        """Whether it is made on a server."""
        is_version = (2 if target.is_http2 else 1) in self.versions
        return is_version and (self.adapters is None or target.adapter in self.adapters)


def attack(name, versions=(1, 2), adapters=None, peak=Attack.PEAK_MEGABYTES, cannot=None):
    """Makes a function an attack on the servers of these versions of HTTP, or on some of them.

    A function that attacks a process of its own returns what that was larger by at its peak, in bytes. `cannot` names adapters that the attack can't be made on, or not fully, and says why.
    """
    def register(function):
        ATTACKS.append(Attack(name, function, versions, adapters, peak, cannot or {}))
        return function
    return register
