"""Where the files of published encoders lie in the workspace, and how they come there: fetched, or brought."""

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from qscore_core.encoders.catalog.entry import CatalogEntry
from qscore_core.encoders.catalog.transfer import discard, download
from qscore_core.encoders.reading import Limits, read_checkpoint
from qscore_core.errors import EncoderError
from qscore_core.progress import OnProgress, silent
from qscore_core.workspace import Workspace, read_json, write_json, writing

FOLDER = "downloads"
RECORD = "source.json"


@dataclass(frozen=True)
class Fetched:
    """A published encoder's file in the workspace; `source` is its address, or the path that it was copied from.

    `checked` says in words what it was compared with.
    """

    ref: str
    path: str
    source: str
    bytes: int
    sha256: str
    checked: str


def entry_file(entry: CatalogEntry, workspace: Workspace) -> Path:
    """Where the file lies once it is there."""
    return workspace.root / FOLDER / entry.name / entry.file_name


def is_at_hand(entry: CatalogEntry, workspace: Workspace) -> bool:
    """Whether the file is there, whole and checked: it gets its name last."""
    return entry_file(entry, workspace).is_file()


def at_hand(entries: Sequence[CatalogEntry], workspace: Workspace) -> list[bool]:
    """`is_at_hand` of many; the folder is read once, since pages ask at every run."""
    folder = workspace.root / FOLDER
    files = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    return [f"{entry.name}/{entry.file_name}" in files for entry in entries]


def fetch_entry(entry: CatalogEntry, workspace: Workspace, on_progress: OnProgress = silent) -> Fetched:
    """Downloads the file, or the rest of it. Raises EncoderError that says what to do instead."""
    path = entry_file(entry, workspace)
    if path.is_file():
        return Fetched(**read_json(path.with_name(RECORD)))
    if not entry.address:
        raise EncoderError(
            f"`{entry.ref}` has no address to download from. {entry.bring} Then give it with `--file PATH`."
        )
    with _part_of(path, workspace) as part:
        download(entry.address, part, Limits().file_bytes, on_progress)
        return _keep(part, path, entry, entry.address)


def adopt(entry: CatalogEntry, file: Path, workspace: Workspace) -> Fetched:
    """Takes over a file that the user has, if it is what the catalog says. Raises EncoderError otherwise."""
    source, path = file.expanduser().absolute(), entry_file(entry, workspace)
    with _part_of(path, workspace) as part:
        discard(part)
        _copy(source, part)
        return _keep(part, path, entry, str(source))


def _copy(source: Path, part: Path) -> None:
    """A copy and no link: whoever saves to the old place again would change the catalog's file too."""
    if not source.is_file():
        raise EncoderError(f"There is no file `{source}`. Name the checkpoint itself.")
    with writing(part):
        shutil.copyfile(source, part)


@contextmanager
def _part_of(path: Path, workspace: Workspace) -> Iterator[Path]:
    """The unfinished file, for this process alone."""
    with writing(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
    with workspace.lock(path.parent):
        yield path.with_name(f"{path.name}.part")


def _keep(part: Path, path: Path, entry: CatalogEntry, source: str) -> Fetched:
    """Checks what was received and gives it its name; what is wrong is thrown away, so that the next try is fresh."""
    try:
        reader = read_checkpoint(part).reader
        compared = _compared(part, entry)
    except EncoderError as error:
        discard(part)
        raise EncoderError(f"What came from {source} for `{entry.ref}` was thrown away. {error}") from error
    checked = f"opened with {reader}" + (f"; {compared}" if compared else "")
    record = Fetched(entry.ref, str(path), source, part.stat().st_size, _digest(part, "sha256"), checked)
    with writing(path):
        write_json(path.with_name(RECORD), asdict(record))
        part.replace(path)
    discard(part)
    return record


def _compared(part: Path, entry: CatalogEntry) -> str:
    """Compares with the published checksum, if there is one; returns which it was."""
    expected = entry.checksum
    if expected is None:
        return ""
    found = _digest(part, expected.kind)
    if not found.startswith(expected.digits):
        raise EncoderError(
            f"Its {expected.kind} should begin with {expected.digits} (from {expected.source}). "
            f"Found {found[:16]}: it is damaged, or another file."
        )
    return f"{expected.kind} {expected.digits} from {expected.source}"


def _digest(path: Path, kind: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, kind).hexdigest()
