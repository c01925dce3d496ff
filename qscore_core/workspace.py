"""Where results live: one folder, artefacts named by the digest of everything that produced them.

An artefact is a folder `<workspace>/<kind>/<digest>/`. It is valid only when its `manifest.json` is there, and that
file is written last and atomically, so that nothing half-written is ever read.
"""

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from qscore_core.errors import WorkspaceError

DEFAULT_ROOT = ".qscore"
MANIFEST = "manifest.json"


def digest_of(value: Any) -> str:
    """First 20 hex digits of the SHA-256 of a JSON-able value (dataclasses included), keys sorted."""
    text = json.dumps(value, sort_keys=True, default=_jsonable, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def digest_of_file(path: Path) -> str:
    """First 20 hex digits of the SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:20]


def _jsonable(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{type(value).__name__} is not part of a digest")


def write_atomic(path: Path, data: bytes | str) -> None:
    """Writes a file so that a reader sees the old content or the new, never a part."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    payload = data.encode() if isinstance(data, str) else data
    try:
        with writing(path):
            with temporary.open("wb") as file:
                file.write(payload)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def read_json(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text())


def write_json(path: Path, value: Any) -> None:
    write_atomic(path, json.dumps(value, indent=1, default=_jsonable))


_AGAIN = "free some space and run the same command again: it goes on where it stopped"
_ELSEWHERE = "choose another folder (`--workspace`, or `--out` for a result file)"
_WHY = {
    errno.ENOSPC: f"the disk is full; {_AGAIN}",
    errno.EDQUOT: f"the disk quota is used up; {_AGAIN}",
    errno.EFBIG: "the file would be larger than this system or your limit (`ulimit -f`) allows; choose another folder",
    errno.EROFS: f"the file system is read-only; {_ELSEWHERE}",
    errno.EACCES: f"you may not write there; {_ELSEWHERE}",
    errno.EPERM: f"you may not write there; {_ELSEWHERE}",
    errno.ENOTDIR: f"a part of that path is a file; {_ELSEWHERE}",
    errno.EEXIST: f"there is a file of that name; {_ELSEWHERE}",
    errno.EISDIR: "there is a folder of that name; choose another name",
    errno.ENOENT: f"the folder is not there and cannot be made; {_ELSEWHERE}",
}


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Says in the user's words why the workspace could not be written."""
    try:
        yield
    except OSError as error:
        # NumPy counts what it could not write and leaves the number out.
        short = error.errno is None and "requested and" in str(error)
        reason = _WHY.get(errno.ENOSPC if short else error.errno or 0)
        if reason is None:
            raise
        raise WorkspaceError(f"Cannot write `{path}`: {reason}.") from error


@dataclass(frozen=True)
class Workspace:
    """A folder of artefacts."""

    root: Path

    @classmethod
    def at(cls, path: str | Path | None = None) -> "Workspace":
        """The given folder, or QSCORE_WORKSPACE, or `.qscore` in the current folder; made when missing."""
        root = Path(path or os.environ.get("QSCORE_WORKSPACE") or DEFAULT_ROOT).expanduser().absolute()
        with writing(root):
            root.mkdir(parents=True, exist_ok=True)
            if not os.access(root, os.W_OK):
                raise PermissionError(errno.EACCES, "not writable")
        return cls(root)

    def artefact(self, kind: str, digest: str) -> Path:
        """The folder of an artefact, made when missing; whether it is whole says `is_whole`."""
        folder = self.root / kind / digest
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
        return folder

    @contextmanager
    def lock(self, folder: Path, wait_seconds: float = 0.0) -> Iterator[None]:
        """Only one process at a time works on an artefact; a killed process frees it at once."""
        lock = FileLock(folder / ".lock")
        try:
            with writing(folder):
                lock.acquire(timeout=wait_seconds)
        except Timeout as error:
            raise WorkspaceError(
                f"Another process is working on `{folder}`. Wait until it is done; this command then finds its result."
            ) from error
        try:
            yield
        finally:
            lock.release()


def format_bytes(count: int) -> str:
    """`1536000` -> `1.5 MB`."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} bytes"


def require_space(folder: Path, needed: int, what: str) -> None:
    """Raises WorkspaceError where the disk of a folder has fewer bytes free than `what` needs."""
    with writing(folder):
        free = shutil.disk_usage(folder).free
    if needed > free:
        raise WorkspaceError(
            f"`{folder}` needs {format_bytes(needed)} for {what} and {format_bytes(free)} are free. "
            "Free some space or choose another folder with --workspace."
        )


def is_whole(folder: Path) -> bool:
    """Whether an artefact is complete."""
    return (folder / MANIFEST).is_file()
