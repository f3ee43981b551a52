"""The load, and the look at a response before it."""

import http.client
import re
import subprocess
import zlib

from pages import PAGES
from servers import pinned

CONNECTIONS = 32


class WrongResponse(Exception):
    pass


def verify(instance, cell, codes):
    """Fails unless the server sends the page as the cell has it, twice on one connection; returns the body's size."""
    connection = http.client.HTTPConnection(*instance.address, timeout=10)
    try:
        sizes = {verified(connection, instance, cell, codes and cell.is_coded) for _ in range(2)}
    finally:
        connection.close()
    if len(sizes) != 1:
        raise WrongResponse(f"{instance.name}, {cell.name}: two sizes of one page: {sizes}")
    return sizes.pop()


def verified(connection, instance, cell, is_coded):
    # Not the method for whole requests, which adds fields.
    connection.putrequest("GET", f"/{cell.page}", skip_accept_encoding=True)
    for name, value in cell.fields.items():
        connection.putheader(name, value)
    connection.endheaders()
    response = connection.getresponse()
    body = response.read()
    coding = response.headers.get("Content-Encoding")

    def fail(what):
        raise WrongResponse(f"{instance.name}, {cell.name}: {what}")

    if response.status != 200:
        fail(f"status {response.status}")
    if coding != (cell.token if is_coded else None):
        fail(f"Content-Encoding: {coding}")
    if response.will_close:
        fail("the connection isn't kept")
    page = body
    if is_coded and cell.token == "gzip":
        decoder = zlib.decompressobj(wbits=31)
        page = decoder.decompress(body)
        if not decoder.eof or decoder.unused_data:
            fail("the body isn't one whole gzip member")
    elif is_coded:
        command = {"zstd": ["zstd", "-dc"], "br": ["brotli", "-dc"]}[cell.token]
        page = subprocess.run(command, input=body, capture_output=True, check=True, timeout=10).stdout
    if page != PAGES[cell.page]:
        fail("another page")
    return len(body)


def drive(instance, cell, wrk, cores, seconds):
    """Returns the CPU time of the server a request, in µs, and the requests a second."""
    command = [wrk, "-t", "1", "-c", str(CONNECTIONS), "-d", f"{seconds}s", "--timeout", "10s"]
    for name, value in cell.fields.items():
        command += ["-H", f"{name}: {value}"]
    before = instance.cpu_nanoseconds()
    run = subprocess.run([*command, f"http://127.0.0.1:{instance.port}/{cell.page}"], capture_output=True, text=True,
                         timeout=seconds + 30, preexec_fn=pinned(cores.client))
    used = instance.cpu_nanoseconds() - before
    count = re.search(r"(\d+) requests in", run.stdout)
    rate = re.search(r"Requests/sec:\s*([\d.]+)", run.stdout)
    if run.returncode != 0 or not count or int(count[1]) == 0 or not rate:
        raise RuntimeError(f"{instance.name}, {cell.name}: wrk failed: {run.stdout}{run.stderr}")
    if wrong := re.search(r"(Socket errors|Non-2xx).*", run.stdout):
        raise WrongResponse(f"{instance.name}, {cell.name}: {wrong[0]}")
    return used / int(count[1]) / 1000, float(rate[1])
