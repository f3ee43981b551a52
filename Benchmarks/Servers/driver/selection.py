"""What is compared: the servers, and the cells of their tables."""

import fnmatch
import sys
from dataclasses import dataclass

from pages import SIZES

DEFAULT_LEVEL = 6
# One that every server here that offers gzip answers with it: NIO's compressor takes deflate where both are on a par.
ACCEPT_ENCODING = "gzip, br, zstd"


@dataclass(frozen=True)
class Cell:
    """A coding and a page."""

    coding: str
    level: int
    page: str

    @property
    def name(self):
        return f"{self.coding}/{self.page}"

    @property
    def token(self):
        """The coding's name in Content-Encoding; None for identity."""
        return {"identity": None, "gzip": "gzip", "zstd": "zstd", "brotli": "br"}[self.coding.split("-")[0]]

    @property
    def is_coded(self):
        return self.token is not None

    @property
    def fields(self):
        """What the client sends beside Host."""
        return {"Accept-Encoding": ACCEPT_ENCODING} if self.is_coded else {}


@dataclass(frozen=True)
class Kind:
    """A server.

    `family` is what its neighbours share: a bare one, a floor. `codes` says whether it codes at all, `token` and
    `levels` with which coding and at which levels.
    """

    name: str
    family: str
    codes: bool = True
    levels: tuple = (1, 6)
    token: str = "gzip"

    def takes(self, cell):
        if not self.codes:
            return cell.token in (None, "gzip") and cell.level in self.levels
        return not cell.is_coded or cell.token == self.token and cell.level in self.levels

    @property
    def is_swift(self):
        return self.family in ("nio", "hummingbird")


KINDS = [
    Kind("nio-bare", "nio", codes=False), Kind("nio-ours", "nio"), Kind("nio-peer", "nio", levels=(6,)),
    Kind("nio-engines", "nio", levels=(1, 3, 4, 5, 6)), Kind("nio-zstd", "nio", levels=(3,), token="zstd"),
    Kind("nio-brotli", "nio", levels=(4,), token="br"), Kind("nio-floor", "nio"),
    Kind("hummingbird-bare", "hummingbird", codes=False), Kind("hummingbird-middleware", "hummingbird"),
    Kind("hummingbird-handler", "hummingbird"), Kind("hummingbird-floor", "hummingbird"),
    Kind("nginx", "nginx"), Kind("go-bare", "go", codes=False), Kind("go-gzhttp", "go"),
]
CELLS = [Cell(coding, level, page)
         for coding, level in (("identity", DEFAULT_LEVEL), ("gzip-6", 6), ("gzip-1", 1), ("zstd-3", 3),
                               ("brotli-4", 4)) for page in SIZES]
# The levels between, for the engines alone: one of them makes what Go's encoder makes at level 6.
CELLS += [Cell(f"gzip-{level}", level, "100k") for level in (3, 4, 5)]


def chosen(things, patterns):
    found = [thing for thing in things if any(fnmatch.fnmatchcase(thing.name, pattern) for pattern in patterns)]
    return found or things


def select(patterns, tools):
    """The servers and the cells that the patterns name; all of them where none does."""
    names = [thing.name for thing in KINDS + CELLS]
    for pattern in patterns:
        if not fnmatch.filter(names, pattern):
            sys.exit(f"nothing is called {pattern}: servers are {', '.join(kind.name for kind in KINDS)}; "
                     f"cells are {', '.join(cell.name for cell in CELLS)}")
    kinds = [kind for kind in chosen(KINDS, patterns) if tools.has(kind)]
    return kinds, chosen(CELLS, patterns)
