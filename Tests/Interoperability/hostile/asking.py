"""Requests that are no script, that come byte by byte, or that never come whole."""

import base64

from attack import attack
from content import html
from scripts import FLUSH, write_html
from target import PAGE_LENGTH, require

PAGE = write_html(PAGE_LENGTH)
NOT_BASE64 = ["!", "=", "====", "e30=e30", "A", ".", "." * 200]
NOT_A_SCRIPT = [
    b"", b"{", b"null", b"[]", b"1", b'"', b"{}", b'{"ops":1}', b'{"ops":{}}', b'{"ops":[1]}', b'{"ops":[{}]}',
    b'{"ops":[{"op":1}]}', b'{"ops":[]}x', b'{"ops":[]}\x00', b'{"ops":[{"op":"write","text":"\xff"}]}',
    b'{"ops":[{"op":"write","text":"\\ud800"}]}', b'{"ops":[{"op":"write","html":1.5}]}',
    b'{"ops":[{"op":"sleep","ms":1e400}]}', b'{"ops":[{"op":"sleep","ms":99999999999999999999999}]}',
    b'{"headers":[["a"]],"ops":[]}', b'{"status":"200","ops":[]}', b"\xff\xfe", b"\x00" * 100,
]
TOO_DEEP = [
    b"[" * 50_000, b'{"ops":' * 8000, b'{"a":' * 5000 + b"1" + b"}" * 5000, b"9" * 50_000,
    b'{"ops":[' + b'{"op":"atEnd","ops":[' * 2000 + b"]}" * 2000 + b"]}",
]


@attack("malformed X-Script")
def malformed_scripts(target):
    """What isn't a script is answered with 400, in a field as in the content."""
    fields = NOT_BASE64 + [base64.urlsafe_b64encode(text).decode().rstrip("=") for text in NOT_A_SCRIPT]
    with target.connect() as connection:
        for value in fields:
            message = connection.read(connection.request(fields=[("X-Script", value)]))
            require(message.status == 400, f"{value[:40]!r} got {message.status}")
        for content in NOT_A_SCRIPT + TOO_DEEP:
            message = connection.read(connection.request(
                method="POST", body=content, fields=[("Content-Type", "application/json")]))
            require(message.status == 400, f"{content[:40]!r} got {message.status}")


def opened(target):
    """A connection, and a request with fields and content that is still to be sent."""
    connection = target.connect()
    number, data = connection.request_bytes(
        method="POST", body=b"twelve bytes", fields=target.fields([PAGE, FLUSH, PAGE]))
    return connection, number, data


@attack("dripping request")
def dripping_request(target):
    """Requests that come byte by byte, several in turn."""
    clients = [opened(target) for _ in range(8)]
    try:
        for index in range(len(clients[0][2])):
            for connection, _, data in clients:
                connection.send(data[index:index + 1])
        for connection, number, _ in clients:
            message = connection.read(number)
            require(message.status == 200 and message.is_coded, f"a dripping request got {message.status}")
            require(message.content == 2 * html(PAGE_LENGTH), "wrong content")
    finally:
        for connection, *_ in clients:
            connection.close()


@attack("torn request")
def torn_request(target):
    """Clients that reset or close the connection after each byte of a request, which never runs."""
    connection, _, data = opened(target)
    connection.close()
    for length in range(len(data)):
        connection, _, data = opened(target)
        connection.send(data[:length])
        if length % 2:
            connection.abort()
        else:
            connection.close()
    target.check_idle()
    ran = target.door.get("/marks")["requests"]
    require(not ran, f"{len(ran)} requests that were never complete were run")
