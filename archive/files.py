"""The files of an archive: lines in blocks, each block a gzip member of its own, so that damage has a place.

Concatenated members are one ordinary .gz file: `zcat` reads it. Nothing here knows the database.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path

import orjson

BLOCK_LINES = 1000


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines of a file: which, where their bytes lie, and the digest of these bytes."""

    first_line: int
    last_line: int
    offset: int
    length: int
    sha256: str


@dataclass(slots=True)
class Written:
    """A finished file: what it holds, and its digests."""

    file: str
    rows: int = 0
    tokens: int = 0
    bytes: int = 0
    sha256: str = ""
    blocks: list[Block] = field(default_factory=list)


def write_lines(path: Path, lines: Iterable[str], tokens: str) -> Iterator[Written]:
    """Write the lines, block by block; yields how far it is after each block, the last time the finished file."""
    done, whole, source = Written(path.name), hashlib.sha256(), iter(lines)
    with path.open("wb") as target:
        while block := list(islice(source, BLOCK_LINES)):
            packed = gzip.compress("".join(f"{line}\n" for line in block).encode(), mtime=0)
            target.write(packed)
            whole.update(packed)
            digest = hashlib.sha256(packed).hexdigest()
            done.blocks.append(Block(done.rows + 1, done.rows + len(block), done.bytes, len(packed), digest))
            done.rows, done.bytes = done.rows + len(block), done.bytes + len(packed)
            done.tokens += sum(int(orjson.loads(line)[tokens]) for line in block)
            yield done
    done.sha256 = whole.hexdigest()
    yield done


def as_json(written: Written) -> dict[str, object]:
    """The file's entry in the manifest."""
    return asdict(written)


def from_json(entry: dict[str, object]) -> Written:
    """An entry of a manifest."""
    blocks = entry["blocks"]
    assert isinstance(blocks, list)
    return Written(**{**entry, "blocks": [Block(**block) for block in blocks]})  # type: ignore[arg-type]  # as written


def read_blocks(path: Path, written: Written) -> Iterator[tuple[Block, list[bytes]]]:
    """The lines of each block of a file that was found whole."""
    with path.open("rb") as source:
        for block in written.blocks:
            yield block, gzip.decompress(source.read(block.length)).splitlines()


def damage(path: Path, written: Written) -> list[str]:
    """What is wrong with a file, by its lines; nothing: it is the one that was written."""
    if not path.is_file():
        return [f"{path.name}: missing"]
    found, whole = [], hashlib.sha256()
    with path.open("rb") as source:
        for block in written.blocks:
            packed = source.read(block.length)
            whole.update(packed)
            if hashlib.sha256(packed).hexdigest() != block.sha256:
                found.append(f"{path.name}, lines {block.first_line} to {block.last_line}: changed")
        if source.read(1):
            found.append(f"{path.name}: goes on after line {written.rows}")
    if not found and whole.hexdigest() != written.sha256:
        found.append(f"{path.name}: its digest in the manifest is not that of its blocks")
    return found
