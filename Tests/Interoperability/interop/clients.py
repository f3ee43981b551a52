"""What people use, each as the same interface: `fetch` a few requests on one connection, and `vanish`.

A request is (path, header fields, gzip accepted). Times are the client's own where it tells them.
"""

import http.client
import json
import os
import re
import select
import subprocess
import tempfile
import time
import zlib

from servers import wire

DEADLINE_SECONDS = 10.0


class ClientError(Exception):
    """The client itself says that something is wrong."""


class Answer:
    """What a client tells of one response; None is what it does not tell."""

    def __init__(self):
        self.status = None
        self.fields = {}
        self.arrivals = []
        self.wire_length = None
        self.complete = None
        self.closed = None
        self.reused = None

    @property
    def text(self):
        return "".join(text for _, text in self.arrivals)

    @property
    def coding(self):
        return self.fields.get("content-encoding", "identity")

    @property
    def content_length(self):
        value = self.fields.get("content-length")
        return None if value is None else int(value)


def parse_fields(lines):
    fields = {}
    for line in lines:
        name, _, value = line.partition(":")
        name = name.strip().lower()
        if name in fields and name in ("content-length", "content-encoding", "content-type"):
            raise ClientError(f"two fields {name}")
        fields[name] = f"{fields[name]}, {value.strip()}" if name in fields else value.strip()
    return fields


def run_until(process, deadline, on_data):
    """Reads the standard output of a process as it comes, and waits for its end, all within the deadline.

    `on_data` may end it by returning True, when it has killed the process. One that isn't done is killed.
    """
    end = time.monotonic() + deadline
    descriptor = process.stdout.fileno()
    try:
        while True:
            left = end - time.monotonic()
            if left <= 0:
                raise ClientError(f"not done within {deadline:.0f} s")
            if select.select([descriptor], [], [], left)[0]:
                data = os.read(descriptor, 65536)
                if on_data(data) or not data:
                    break
        process.wait(max(1, end - time.monotonic()))
    except subprocess.TimeoutExpired as error:
        raise ClientError(f"said all, and did not end within {deadline:.0f} s") from error
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        process.stdout.close()


class Curl:
    """curl with `-N`: it passes on what it has, decoded where gzip is accepted (`--compressed`)."""

    WRITE_OUT = "\\n@@curl %{json}\\n"

    def __init__(self, origin, *options, keeps=True):
        self.origin, self.options, self.keeps = origin, list(options), keeps

    @staticmethod
    def loses_cleartext_http2():
        """curl 7.88 fails with 16 on the second request of such a connection, with any server (curl/curl#10643)."""
        version = subprocess.run(["curl", "--version"], capture_output=True, text=True).stdout
        return version.startswith("curl 7.88.")

    def command(self, requests, heads):
        command = ["curl", "-sS", "--disable", "--noproxy", "*"]
        for index, (path, fields, gzip) in enumerate(requests):
            command += ["--next"] if index else []
            command += ["-N", "-m", str(int(DEADLINE_SECONDS)), "-D", heads[index], "-w", self.WRITE_OUT, *self.options]
            command += ["--compressed", "-H", "Accept-Encoding: gzip"] if gzip else ["-H", "Accept-Encoding: identity"]
            for name, value in fields:
                command += ["-H", f"{name}: {value}"]
            command.append(self.origin + path)
        return command

    def fetch(self, *requests, until=None, leave_after=None):
        if not self.keeps:
            return [self.transfer(request, until=until, leave_after=leave_after)[0] for request in requests]
        return self.transfer(*requests, until=until, leave_after=leave_after)

    def transfer(self, *requests, until=None, leave_after=None):
        with tempfile.TemporaryDirectory(prefix="interop-curl-") as folder:
            heads = [f"{folder}/{index}" for index in range(len(requests))]
            errors = open(f"{folder}/errors", "w+b")
            started = time.monotonic()
            process = subprocess.Popen(
                self.command(requests, heads), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors)
            pieces, output = [], bytearray()

            def on_data(data):
                pieces.append((time.monotonic() - started, bytes(data)))
                output.extend(data)
                if until and until.encode() in output:
                    process.kill()
                    return True
                return False

            try:
                run_until(process, leave_after or DEADLINE_SECONDS, on_data)
            except ClientError:
                if not leave_after:
                    raise
            errors.seek(0)
            message = errors.read().decode().strip()
            errors.close()
            left = until and process.returncode != 0
            if process.returncode != 0 and not left:
                raise ClientError(f"curl ended with {process.returncode}: {message}")
            return self.answers(pieces, heads, len(requests), left)

    def answers(self, pieces, heads, count, left):
        answers = []
        for index in range(count):
            answer = Answer()
            with open(heads[index], encoding="latin-1", newline="") as file:
                blocks = [block for block in file.read().split("\r\n\r\n") if block.strip()]
            if blocks:
                lines = blocks[-1].split("\r\n")
                answer.status = int(lines[0].split(" ")[1])
                answer.fields = parse_fields(lines[1:])
            answers.append(answer)
        index = 0
        pattern = re.compile(rb"\n@@curl (\{.*?\})\n", re.S)
        for seen, data in pieces:
            while match := pattern.search(data):
                if match.start():
                    answers[index].arrivals.append((seen, data[:match.start()].decode()))
                told = json.loads(match.group(1))
                answers[index].complete = told["time_total"]
                answers[index].wire_length = told["size_download"]
                answers[index].reused = told["num_connects"] == 0
                data = data[match.end():]
                index += 1
            if data:
                answers[min(index, count - 1)].arrivals.append((seen, data.decode("utf-8", "replace")))
        if index != count and not left:
            raise ClientError(f"curl told of {index} of {count} transfers")
        return answers

    def vanish(self, request, until, leave_after):
        return self.fetch(request, until=until, leave_after=leave_after)[0]


class PythonHTTP:
    """`http.client`, and a `zlib` stream that decodes each piece as it is read."""

    keeps = True

    def __init__(self, address):
        self.address = address

    def fetch(self, *requests):
        connection = http.client.HTTPConnection(*self.address, timeout=DEADLINE_SECONDS)
        answers, socket = [], None
        try:
            for request in requests:
                reused = socket is not None and connection.sock is socket
                answer, watched, started = self.exchange(connection, request)
                socket, answer.reused = connection.sock, reused
                if answer.fields.get("connection", "").lower() == "close":
                    if watched.recv(1):
                        raise ClientError("bytes after the message")
                    answer.closed = time.monotonic() - started
                watched.close()
                answers.append(answer)
        finally:
            connection.close()
        return answers

    def exchange(self, connection, request, until=None):
        path, fields, gzip = request
        if connection.sock is None:
            connection.connect()
        watched = connection.sock.dup()
        watched.settimeout(DEADLINE_SECONDS)
        answer = Answer()
        started = time.monotonic()
        connection.request("GET", path, headers={**dict(fields), "Accept-Encoding": "gzip" if gzip else "identity"})
        response = connection.getresponse()
        answer.status = response.status
        answer.fields = parse_fields(f"{name}: {value}" for name, value in response.getheaders())
        answer.wire_length = 0
        decoder = zlib.decompressobj(31) if answer.coding == "gzip" else None
        while data := response.read1(65536):
            answer.wire_length += len(data)
            plain = decoder.decompress(data) if decoder else data
            if plain:
                answer.arrivals.append((time.monotonic() - started, plain.decode()))
            if until and until in answer.text:
                break
        else:
            answer.complete = time.monotonic() - started
            response.close()
            if decoder and (not decoder.eof or decoder.unused_data):
                raise ClientError("the gzip member does not end with the message")
        return answer, watched, started

    def vanish(self, request, until, leave_after):
        connection = http.client.HTTPConnection(*self.address, timeout=DEADLINE_SECONDS)
        answer, watched, _ = self.exchange(connection, request, until)
        watched.shutdown(2)
        watched.close()
        connection.close()
        return answer


class Nghttp:
    """`nghttp -v`: its own times of every frame; it decodes gzip by itself."""

    keeps = True
    LINE = re.compile(rb"\[ *(\d+\.\d+)\] ")

    def __init__(self, origin):
        self.origin = origin

    def fetch(self, *requests, until=None, leave_after=None):
        # One header table a process: several requests on one connection have to be the same but for their path.
        return [self.one(request, until, leave_after) for request in requests]

    def one(self, request, until=None, leave_after=None):
        path, fields, gzip = request
        command = ["stdbuf", "-o0", "nghttp", "-v", "-t", str(int(DEADLINE_SECONDS)), "--no-dep",
                   "-H", f"accept-encoding: {'gzip' if gzip else 'identity'}"]
        for name, value in fields:
            command += ["-H", f"{name.lower()}: {value}"]
        started = time.monotonic()
        process = subprocess.Popen(
            [*command, self.origin + path], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        output = bytearray()

        def on_data(data):
            output.extend(data)
            if until and until.encode() in output:
                process.kill()
                return True
            return False

        try:
            run_until(process, leave_after or DEADLINE_SECONDS, on_data)
        except ClientError:
            if not leave_after:
                raise
        return self.answer(bytes(output), until and process.returncode != 0, time.monotonic() - started)

    def answer(self, output, left, elapsed):
        answer = Answer()
        answer.reused = None
        places = list(self.LINE.finditer(output))
        sent, body_start, wire, lines = None, None, 0, []
        for index, match in enumerate(places):
            end = places[index + 1].start() if index + 1 < len(places) else len(output)
            at, rest = float(match.group(1)), output[match.end():end]
            first, _, tail = rest.partition(b"\n")
            if first.startswith(b"send HEADERS") and sent is None:
                sent = at
            elif match_field := re.match(rb"recv \(stream_id=\d+(?:, [^)]*)?\) (:?[^:]+): (.*)", first):
                lines.append((match_field.group(1) + b": " + match_field.group(2)).decode("latin-1"))
            elif first.startswith(b"recv DATA"):
                # A client that is killed may be so within this line.
                if length := re.search(rb"length=(\d+)", first):
                    wire += int(length.group(1))
                elif not left:
                    raise ClientError(f"nghttp told of a frame without length: {first!r}")
                if body_start:
                    answer.arrivals.append((at - sent, body_start.decode()))
                    body_start = None
            if b"END_STREAM" in rest and first.startswith(b"recv"):
                answer.complete = at - sent
            if first.startswith(b"recv RST_STREAM"):
                raise ClientError(first.decode())
            # The body's text precedes the line of its frame and follows the previous frame's line;
            # nghttp's own output is indented.
            text = re.sub(rb"(?m)^ {10}.*\n?", b"", tail) if lines else b""
            if text:
                body_start = (body_start or b"") + text
        if left and body_start:
            answer.arrivals.append((elapsed, body_start.decode("utf-8", "replace")))
        answer.fields = parse_fields(line for line in lines if not line.startswith(":"))
        status = [line for line in lines if line.startswith(":status")]
        answer.status = int(status[-1].split(" ")[1]) if status else None
        answer.wire_length = wire
        if answer.complete is None and not left:
            raise ClientError("nghttp saw no END_STREAM: " + output[-200:].decode("utf-8", "replace"))
        return answer

    def vanish(self, request, until, leave_after):
        return self.one(request, until, leave_after)


class Wire:
    """The demo's own client, which sees every byte; here through nginx."""

    keeps = True

    def __init__(self, address):
        self.address = address

    def translate(self, response):
        answer = Answer()
        answer.status, answer.fields = response.status, response.fields
        answer.arrivals, answer.wire_length = response.arrivals, response.wire_length
        answer.complete = response.complete_after
        return answer

    def fetch(self, *requests):
        answers = []
        with wire.Connection(self.address) as connection:
            for path, fields, gzip in requests:
                lines = [f"{name}: {value}" for name, value in fields]
                response = connection.request(path, "gzip" if gzip else "gzip;q=0", *lines).read()
                answers.append(self.translate(response))
                answers[-1].reused = len(answers) > 1
            if connection.has_stray_bytes():
                raise ClientError("bytes after the message")
        return answers

    def vanish(self, request, until, leave_after):
        path, fields, gzip = request
        with wire.Connection(self.address) as connection:
            connection.socket.settimeout(leave_after or DEADLINE_SECONDS)
            lines = [f"{name}: {value}" for name, value in fields]
            response = connection.request(path, "gzip" if gzip else "gzip;q=0", *lines)
            try:
                response.read_until(until)
            except wire.WireError:
                if not leave_after:
                    raise
            return self.translate(response)
