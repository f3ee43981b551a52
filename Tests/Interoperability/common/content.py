"""What the scripted server's generators write, and bodies that are too long to keep."""

import functools
import hashlib
import zlib

from connection import GZIP_MAGIC, BrokenContent

MASK = (1 << 64) - 1


def html(length):
    unit = b"<p>The quick brown fox jumps over the lazy dog.</p>\n"
    return (unit * (length // len(unit) + 1))[:length]


@functools.cache
def incompressible(length):
    state, out = 0x9E3779B97F4A7C15, bytearray(length)
    for index in range(length):
        state ^= state << 13 & MASK
        state ^= state >> 7
        state ^= state << 17 & MASK
        out[index] = state >> 32 & 255
    return bytes(out)


@functools.cache
def digest(generator, length, repeat):
    """The length and the hash of what a generator writes several times."""
    piece, state = generator(length), hashlib.sha256()
    for _ in range(repeat):
        state.update(piece)
    return length * repeat, state.hexdigest()


class Digest:
    """A body of which only the length and the hash of its content are kept."""

    def __init__(self):
        self.start = b""
        self.decoder = None
        self.length = 0
        self.hash = hashlib.sha256()

    def __iadd__(self, data):
        if len(self.start) < 2:
            data = self.start = self.start + data
            if len(data) < 2:
                return self
            self.decoder = zlib.decompressobj(31) if data[:2] == GZIP_MAGIC else None
        content = self.decoder.decompress(data) if self.decoder else data
        self.length += len(content)
        self.hash.update(content)
        return self

    def __getitem__(self, part):
        return self.start[part]

    def value(self):
        """The length and the hash of the whole content."""
        if self.decoder and (not self.decoder.eof or self.decoder.unused_data):
            raise BrokenContent("the gzip member does not end with the message")
        return self.length, self.hash.hexdigest()
