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

from archive.lines import beside, digests, first_wrong, named
from archive.lines import digest as line_digest

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
    lines_sha256: str = ""
    blocks: list[Block] = field(default_factory=list)


def write_lines(path: Path, lines: Iterable[str], tokens: str) -> Iterator[Written]:
    """Write the lines, block by block, and the digest of each beside them.

    Yields how far it is after each block, the last time the finished file.
    """
    done, whole, each, source = Written(path.name), hashlib.sha256(), hashlib.sha256(), iter(lines)
    with path.open("wb") as target, beside(path).open("wb") as digests_of_lines:
        while block := list(islice(source, BLOCK_LINES)):
            packed = gzip.compress("".join(f"{line}\n" for line in block).encode(), mtime=0)
            target.write(packed)
            whole.update(packed)
            small = b"".join(line_digest(line.encode()) for line in block)
            digests_of_lines.write(small)
            each.update(small)
            digest = hashlib.sha256(packed).hexdigest()
            done.blocks.append(Block(done.rows + 1, done.rows + len(block), done.bytes, len(packed), digest))
            done.rows, done.bytes = done.rows + len(block), done.bytes + len(packed)
            done.tokens += sum(int(orjson.loads(line)[tokens]) for line in block)
            yield done
    done.sha256, done.lines_sha256 = whole.hexdigest(), each.hexdigest()
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
    found: list[tuple[Block, bytes]] = []
    whole = hashlib.sha256()
    with path.open("rb") as source:
        for block in written.blocks:
            packed = source.read(block.length)
            whole.update(packed)
            if hashlib.sha256(packed).hexdigest() != block.sha256:
                found.append((block, packed))
        longer = bool(source.read(1))
    return [*_named(path, written, found), *_beside(path, written, whole.hexdigest(), bool(found), longer)]


def _named(path: Path, written: Written, changed: list[tuple[Block, bytes]]) -> list[str]:
    """Changed blocks by their lines, and by the very records where these can be read."""
    expected = digests(path, written.lines_sha256)
    wrong = named(path, expected) if changed and expected is not None else None
    if wrong:
        return [f"{path.name}, {words}" for words in wrong]
    found = []
    for block, packed in changed:
        lines = (expected or [])[block.first_line - 1 : block.last_line]
        first = first_wrong(packed, lines, block.first_line) if lines else ""
        beginning = f", beginning with {first}" if first else ""
        found.append(f"{path.name}, lines {block.first_line} to {block.last_line}: changed{beginning}")
    return found


def _beside(path: Path, written: Written, whole: str, changed: bool, longer: bool) -> list[str]:
    """What is wrong about the file but in its blocks."""
    found = []
    if longer and not changed:
        found.append(f"{path.name}: goes on after line {written.rows}")
    elif not changed and whole != written.sha256:
        found.append(f"{path.name}: its digest in the manifest is not that of its blocks")
    if written.lines_sha256 and digests(path, written.lines_sha256) is None:
        found.append(f"{beside(path).name}: missing or changed")
    return found
