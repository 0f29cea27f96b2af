"""The manifest: what a month's archive consists of, signed with the installation's REPORT_KEY."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings

from archive.exceptions import ArchiveDamaged
from archive.files import Written, damage, from_json
from archive.lines import SUFFIX

FORMAT = 2
# Archives of the first format lack the digests of single lines: their blocks are named.
READABLE = (1, FORMAT)
NAME = "manifest.json"
SUMS = "SHA256SUMS"


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive in its folder, as its manifest tells it."""

    folder: Path
    facts: dict[str, Any]
    parts: dict[str, Written]
    sha256: str


def write(folder: Path, facts: dict[str, Any]) -> str:
    """Sign the facts and write them, with a list of digests for `sha256sum -c`; the manifest's own digest."""
    body = orjson.dumps({**facts, "hmac_sha256": signature(facts)}, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    (folder / NAME).write_bytes(body)
    digest = hashlib.sha256(body).hexdigest()
    (folder / SUMS).write_text("\n".join(_sums(facts, digest)) + "\n", encoding="utf-8")
    return digest


def _sums(facts: dict[str, Any], digest: str) -> list[str]:
    parts = facts["parts"].values()
    return [
        *(f"{part['sha256']}  {part['file']}" for part in parts),
        *(f"{part['lines_sha256']}  {part['file']}{SUFFIX}" for part in parts if part.get("lines_sha256")),
        f"{digest}  {NAME}",
    ]


def signature(facts: dict[str, Any]) -> str:
    """The facts' HMAC-SHA256, hex."""
    body = orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)
    return hmac.new(settings.REPORT_KEY.encode(), b"model-menus archive\x00" + body, hashlib.sha256).hexdigest()


def read(folder: Path) -> Archive:
    """The archive in a folder. Raises ArchiveDamaged where its manifest is missing, changed or another's."""
    path = folder / NAME
    if not path.is_file():
        raise _damaged(f"{NAME}: missing")
    body = path.read_bytes()
    try:
        facts = orjson.loads(body)
        signed = str(facts.pop("hmac_sha256"))
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError):
        raise _damaged(f"{NAME}: unreadable") from None
    if not hmac.compare_digest(signed.encode(), signature(facts).encode()):
        raise _damaged(f"{NAME}: not signed with this installation's REPORT_KEY, or changed since")
    if facts["format"] not in READABLE:
        raise _damaged(f"{NAME}: of format {facts['format']}, this is {FORMAT}")
    parts = {name: from_json(entry) for name, entry in facts["parts"].items()}
    return Archive(folder, facts, parts, hashlib.sha256(body).hexdigest())


def verify(folder: Path) -> Archive:
    """The archive, every byte of it checked. Raises ArchiveDamaged that names each file and its lines."""
    archive = read(folder)
    findings = [finding for part in archive.parts.values() for finding in damage(folder / part.file, part)]
    sums = folder / SUMS
    if not sums.is_file():
        findings.append(f"{SUMS}: missing")
    elif sorted(sums.read_bytes().splitlines()) != sorted(
        line.encode() for line in _sums(archive.facts, archive.sha256)
    ):
        findings.append(f"{SUMS}: changed")
    if findings:
        raise _damaged(*findings)
    return archive


def _damaged(*findings: str) -> ArchiveDamaged:
    return ArchiveDamaged("; ".join(findings), findings=list(findings))
