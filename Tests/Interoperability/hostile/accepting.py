"""Accept-Encoding as it must not be: malformed, not text, or as long as it can be."""

from attack import attack
from connection import ConnectionEnded
from content import html
from scripts import field, write_html
from target import PAGE_LENGTH, Violation, require

REFUSALS = (400, 413, 414, 431)
ANSWER_SECONDS = 10
KIBIBYTE = 1024
LONG = 64 * KIBIBYTE
# FlyingFox takes the square of a line's length for it: this is a tenth of a second, 64 KiB a minute.
FLYINGFOX_LONG = 3 * KIBIBYTE
LIMITED = "more than the 16 KiB of fields that the server takes: it may refuse"

# RFC 9110 §12.4.2: not a weight, so that its member counts as refused.
MALFORMED_WEIGHTS = [
    "gzip;q", "gzip;q=", "gzip;q=abc", "gzip;q=1.5", "gzip;q=-1", "gzip;q=0.5000", "gzip;q=NaN", "gzip;q=1e0",
    "gzip;q=+1", "gzip;q=0,5", "gzip;q=" + "9" * 400, "gzip;q=0." + "0" * 400,
]
# Whatever they mean, there is an answer.
ODD = [
    ";q=1", "gzip;", "gzip;;q=1", ";", "=", ",", "", "gzip;=1", '"gzip"', 'gzip;q="0.5"', "q=1", ";;;;", ",,;,,=,,",
    "gzip q=1", "gzip/1", "gzip;a=b;c=d;q=1", "*;q", "*;*", "identity;q=", "gzip;q=1;q=0", "gzip\\;q=0", "%00", "\\x00",
    "\\", "'", "{}", "q" * 2000,
]
# A server may refuse these, or take UTF-8 for UTF-8.
NOT_TEXT = [
    b"gzip\x00", b"\x00", b"gzip;q=\x001", b"\xff\xfe gzip", b"\x80\x81", b"gzip\x7f", b"gzip\x0b", b"\xc3", b"gzip\r",
    b"gzip;q=\xed\xa0\x80", b"\tgzip\t,\t", b"gzip\t;\tq\t=\t1", "gzip\u00a0".encode(), "gzip;q\u00bd".encode(),
    "\u0661".encode(), "gzi\u0440".encode(), "\U0001f5dc".encode(),
]
# Of two entries for one coding the refusal wins.
REPEATED = [("br;q=0.1,", True), ("x,", True), ("gzip;q=0,", False), ("*;q=0.5,", True), ("gzip;q=2,", False)]


def shorten(value):
    return repr(value if len(value) < 40 else value[:40])


def answer(target, value):
    """The response to a page with this field; None where the connection was closed instead."""
    with target.connect(timeout=ANSWER_SECONDS) as connection:
        try:
            message = connection.read(connection.request(
                fields=[field([write_html(PAGE_LENGTH)]), ("Accept-Encoding", value)]))
        except TimeoutError as error:
            raise Violation(f"{shorten(value)} got neither an answer nor the end: {error}") from error
        except (ConnectionEnded, OSError):
            return None
        return None if message.reset is not None else message


def check(target, value, may_refuse=False, coded=None):
    message = answer(target, value)
    shown = shorten(value)
    if message is None or message.status in REFUSALS:
        return require(may_refuse, f"{shown} got {message and message.status}")
    require(message.status == 200, f"{shown} got {message.status}")
    require(message.content == html(PAGE_LENGTH), f"{shown} got the wrong content")
    require(coded is None or message.is_coded == coded, f"{shown}: coded is {message.is_coded}")


@attack("Accept-Encoding")
def accept_encoding(target):
    """Values that are not what RFC 9110 §12.5.3 says: a response all the same, coded only where gzip is accepted."""
    for value in MALFORMED_WEIGHTS:
        check(target, value, coded=False)
    for value in ODD:
        check(target, value)
    for value in NOT_TEXT:
        check(target, value, may_refuse=True)
    length = FLYINGFOX_LONG if target.adapter == "flyingfox" else 12 * KIBIBYTE
    for member, coded in REPEATED:
        check(target, member * (length // len(member)) + "gzip", coded=coded)


@attack("64 KiB of commas", cannot={
    "flyingfox": "a line of n bytes takes FlyingFox the square of n, a minute for 64 KiB: 3 KiB here",
    "nio-h2": LIMITED, "hummingbird-h2": LIMITED})
def commas(target):
    """Fields as long as they can be, one by one, and from several clients at once."""
    length, count = (FLYINGFOX_LONG, 4) if target.adapter == "flyingfox" else (LONG, 16)
    for text in (",", "gzip,", ";", "gzip;q=0.5,", "a", " ", "\t,"):
        check(target, text * (length // len(text)), may_refuse=target.is_http2)
    connections = [target.connect() for _ in range(count)]
    try:
        numbers = [connection.request(fields=[
            field([write_html(PAGE_LENGTH)]), ("Accept-Encoding", "," * length)]) for connection in connections]
        target.check_next_client()
        for connection, number in zip(connections, numbers):
            message = connection.read_or_lose(number, timeout=3 * ANSWER_SECONDS)
            require(not message.ended or message.status in (200, *REFUSALS), f"commas got {message.status}")
    finally:
        for connection in connections:
            connection.close()
