"""The digest of every line beside a file, so that of a changed file the very records are named."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path

import orjson

WIDTH = 16
SUFFIX = ".lines"
MOST_NAMED = 10
_PIECE = 64


def beside(path: Path) -> Path:
    """Where the digests of a file's lines are kept."""
    return path.with_name(path.name + SUFFIX)


def digest(line: bytes) -> bytes:
    """A line's digest: the first sixteen bytes of its SHA-256."""
    return hashlib.sha256(line).digest()[:WIDTH]


def digests(path: Path, sha256: str) -> list[bytes] | None:
    """The digests of a file's lines, as they were written; None where they are missing or not those any more."""
    kept = beside(path)
    packed = kept.read_bytes() if sha256 and kept.is_file() else b""
    if hashlib.sha256(packed).hexdigest() != sha256:
        return None
    return [packed[at : at + WIDTH] for at in range(0, len(packed), WIDTH)]


def named(path: Path, expected: list[bytes]) -> list[str] | None:
    """The lines of the file that are not as written, by number and record; None where it cannot be unpacked whole."""
    wrong: list[str] = []
    try:
        with gzip.open(path) as source:
            for words in _wrong(source, expected, 1):
                if len(wrong) <= MOST_NAMED:
                    wrong.append(words)
    except (OSError, EOFError, zlib.error):
        return None
    return [*wrong[:MOST_NAMED], "more lines after these: changed"] if len(wrong) > MOST_NAMED else wrong


def first_wrong(packed: bytes, expected: list[bytes], first_line: int) -> str:
    """The first line of a block that is not as written, as far as the block can be unpacked; empty: none was found."""
    whole, _, rest = _salvaged(packed).rpartition(b"\n")
    lines = [*whole.split(b"\n"), *([rest] if rest else [])]
    return next(_wrong(lines, expected, first_line), "").rpartition(":")[0]


def _wrong(lines: Iterable[bytes], expected: list[bytes], first_line: int) -> Iterator[str]:
    for number, (line, told) in enumerate(zip_longest(lines, expected), start=first_line):
        if line is None:
            yield f"line {number}: missing"
        elif digest(line.rstrip(b"\n")) != told:
            yield f"line {number}{_record(line)}: changed"


def _record(line: bytes) -> str:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        return ""
    return f" (record {row['id']})" if isinstance(row, dict) and "id" in row else ""


def _salvaged(packed: bytes) -> bytes:
    """What a damaged block still unpacks to: all before the damage, and whatever the rest makes of it."""
    unpacker, found = zlib.decompressobj(wbits=31), b""
    try:
        for at in range(0, len(packed), _PIECE):
            found += unpacker.decompress(packed[at : at + _PIECE])
    except zlib.error:
        return found
    return found
