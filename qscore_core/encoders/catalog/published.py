"""Reads the catalog's data file into rows; every mistake in it names the row."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from qscore_core.encoders.catalog.catalog import Catalog
from qscore_core.encoders.catalog.entry import CatalogEntry, Checksum, Reported
from qscore_core.errors import EncoderError

PUBLISHED = Path(__file__).with_name("published.toml")
TEXTS = ("name", "title", "method", "arch", "codebase", "page", "preset", "licence")
OTHERS = ("dim", "root", "file", "top1", "dataset", "reported_in", "caveat", "options", "md5", "sha256")
FIELDS = {*TEXTS, *OTHERS, "checksum_from", "bring", "unverified"}


@cache
def published_encoders() -> Catalog:
    """The catalog that comes with the program."""
    return read_catalog(PUBLISHED)


def read_catalog(path: Path) -> Catalog:
    """Raises EncoderError, naming the row, for a row that lacks something or has a field nobody knows."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise EncoderError(f"The catalog `{path}` cannot be read: {error}.") from error
    everywhere = str(content.get("everywhere", ""))
    entries: dict[str, CatalogEntry] = {}
    for release in content.get("release", []):
        shared = {key: value for key, value in release.items() if key != "rows"}
        for row in release.get("rows", []):
            entry = _entry({**shared, **row}, everywhere)
            if entry.name in entries:
                raise EncoderError(f"Catalog row `{entry.name}` stands there twice. Give the second another name.")
            entries[entry.name] = entry
    return Catalog(tuple(entries.values()))


def _entry(row: dict[str, Any], everywhere: str) -> CatalogEntry:
    name = str(row.get("name") or row.get("title") or "(without a name)")
    _check(name, row)
    address = row["root"] + row["file"] if row.get("root") and row.get("file") else ""
    reported = Reported(float(row["top1"]), row["dataset"], row["reported_in"]) if "top1" in row else None
    return CatalogEntry(
        **{key: row[key] for key in TEXTS},
        dim=row["dim"],
        address=address,
        reported=reported,
        caveat=row.get("caveat", ""),
        checksum=_checksum(row),
        bring=row.get("bring", ""),
        unverified=tuple(text for text in (row.get("unverified", ""), everywhere) if text),
        options=dict(row.get("options", {})),
    )


def _check(name: str, row: dict[str, Any]) -> None:
    unknown = sorted(set(row) - FIELDS)
    if unknown:
        raise EncoderError(f"Catalog row `{name}` has the unknown field `{unknown[0]}`. Known: {', '.join(FIELDS)}.")
    needed = [*TEXTS, *(("dataset", "reported_in") if "top1" in row else ())]
    lacking = [key for key in needed if not isinstance(row.get(key), str) or not row[key]]
    if lacking:
        raise EncoderError(
            f"Catalog row `{name}` should say its `{lacking[0]}` as text. Found {row.get(lacking[0])!r}."
        )
    if not isinstance(row.get("dim"), int) or row["dim"] < 1:
        raise EncoderError(f"Catalog row `{name}` should say its `dim`, a whole number. Found {row.get('dim')!r}.")
    if not (row.get("root") and row.get("file")) and not row.get("bring"):
        raise EncoderError(f"Catalog row `{name}` should have `root` and `file`, or say under `bring` where it is.")


def _checksum(row: dict[str, Any]) -> Checksum | None:
    for kind in ("md5", "sha256"):
        if kind in row:
            return Checksum(kind, row[kind].lower(), row["checksum_from"])
    return None
