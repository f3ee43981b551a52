"""What a server keeps in memory for a connection that waits: an idle one, and an open event stream."""

import resource
import socket
import struct
import sys
import time
import zlib

from load import WrongResponse
from selection import ACCEPT_ENCODING, DEFAULT_LEVEL
from servers import Instance

EVENT = b'id: 4711\ndata: {"price":101.25}\n\n'
# What the first connections need once and for all isn't counted.
WARM_UP = 200
SETTLING_SECONDS = 0.5
STATES = {
    # An idle connection has had a response: whatever that leaves is counted.
    "idle": ("/1k", True), "stream": ("/events", False), "coded stream": ("/events", True),
}


def measure(kinds, tools, cores, folder, count):
    """Returns {server: {state: bytes a connection}}."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = count + WARM_UP + 100
    if hard != resource.RLIM_INFINITY and hard < needed:
        print(f"memory is left out: {needed} files would be open, {hard} may be")
        return {}
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(needed, resource.getrlimit(resource.RLIMIT_NOFILE)[0]), hard))
    results = {}
    for kind in kinds:
        # Ours, and what they stand on.
        if not kind.is_swift or kind.name.endswith(("-floor", "-peer", "-engines")):
            continue
        results[kind.name] = {}
        for state, (path, accepts_gzip) in STATES.items():
            if state == "coded stream" and not kind.codes:
                continue
            with Instance(kind, DEFAULT_LEVEL, tools, cores, folder) as instance:
                results[kind.name][state] = bytes_a_connection(instance, path, accepts_gzip, kind.codes, count)
            print(f"{kind.name}, {state}: {results[kind.name][state]:.0f} bytes", file=sys.stderr, flush=True)
    return results


def bytes_a_connection(instance, path, accepts_gzip, codes, count):
    fields = f"Accept-Encoding: {ACCEPT_ENCODING}\r\n" if accepts_gzip else ""
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n".encode()
    is_coded = accepts_gzip and codes
    connections = []

    def open_up(number):
        for _ in range(number):
            connection = socket.create_connection(instance.address, timeout=10)
            # Closed by a reset: thousands of ports would wait otherwise.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connections.append(connection)
            connection.sendall(request)
            await_content(connection, instance, path, is_coded)
        time.sleep(SETTLING_SECONDS)
        return instance.anonymous_bytes()

    try:
        before = open_up(WARM_UP)
        return (open_up(count) - before) / count
    finally:
        for connection in connections:
            connection.close()


def await_content(connection, instance, path, is_coded):
    """Reads until the page is whole, or until the event can be decoded."""
    received = b""
    while True:
        head, separator, rest = received.partition(b"\r\n\r\n")
        if separator:
            if (b"content-encoding: gzip" in head.lower()) != is_coded or b" 200 " not in head.split(b"\r\n", 1)[0]:
                raise WrongResponse(f"{instance.name}, {path}: {head.decode('latin-1')}")
            if path == "/events":
                content = chunks(rest)
                if (zlib.decompressobj(wbits=31).decompress(content) if is_coded else content) == EVENT:
                    return
            else:
                length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
                if len(rest) >= int(length[0].split(b":")[1]):
                    return
        piece = connection.recv(65536)
        if not piece:
            raise WrongResponse(f"{instance.name}, {path}: the connection ended")
        received += piece


def chunks(rest):
    """The content of the chunks that have come whole."""
    content = b""
    while True:
        size, separator, rest = rest.partition(b"\r\n")
        if not separator or len(rest) < int(size, 16) + 2:
            return content
        content += rest[:int(size, 16)]
        rest = rest[int(size, 16) + 2:]
