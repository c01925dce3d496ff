"""What listings of files share: natural order, printable names, a digest that notices every change."""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

COMMON_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff")
RARE_ENDINGS = (".jpe", ".jfif", ".apng", ".ppm", ".pgm", ".pbm", ".pnm", ".jp2", ".avif", ".tga", ".ico")
IMAGE_ENDINGS = COMMON_ENDINGS + RARE_ENDINGS


def natural_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key that puts `img2` before `img10`."""
    parts = re.split(r"([0-9]+)", text)
    return (*((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part), (-1, 0, text))


def printable(path: str) -> str:
    """A file name as text that can be stored; bytes that are no UTF-8 become escapes."""
    return path.encode("utf-8", "backslashreplace").decode()


def is_image_name(name: str) -> bool:
    """Whether a file's name has the ending of an image and is not hidden."""
    return not name.startswith(".") and name.lower().endswith(IMAGE_ENDINGS)


def walk_files(folder: Path) -> Iterator[str]:
    """POSIX paths of all visible files under a folder, relative to it, in natural order.

    Linked folders are followed, except a link that leads back to a folder around it.
    """
    yield from _walk(str(folder), "", (os.path.realpath(folder),))


def _walk(folder: str, prefix: str, ancestors: tuple[str, ...]) -> Iterator[str]:
    for entry in sorted(visible_entries(folder), key=lambda entry: natural_key(entry.name)):
        if not entry.is_dir():
            yield prefix + entry.name
        elif not leads_back(entry, ancestors):
            yield from _walk(entry.path, f"{prefix}{entry.name}/", (*ancestors, os.path.realpath(entry.path)))


def leads_back(entry: os.DirEntry[str], ancestors: tuple[str, ...]) -> bool:
    """Whether an entry is a link to one of the real folders `ancestors` or to a folder above one of them."""
    if not entry.is_symlink():
        return False
    real = os.path.realpath(entry.path)
    return any(Path(ancestor).is_relative_to(real) for ancestor in ancestors)


def holds_image(folder: str, ancestors: tuple[str, ...]) -> bool:
    """Whether an image lies at any depth; stops at the first."""
    entries = visible_entries(folder)
    if any(is_image_name(entry.name) and not entry.is_dir() for entry in entries):
        return True
    inner = [entry for entry in entries if entry.is_dir() and not leads_back(entry, ancestors)]
    return any(holds_image(entry.path, (*ancestors, os.path.realpath(entry.path))) for entry in inner)


def image_folders(folder: Path) -> list[Path]:
    """The direct subfolders that hold an image at any depth, in natural order."""
    here = (os.path.realpath(folder),)
    names = [
        entry.name
        for entry in visible_entries(folder)
        if entry.is_dir() and not leads_back(entry, here) and holds_image(entry.path, here)
    ]
    return [folder / name for name in sorted(names, key=natural_key)]


def visible_entries(folder: str | Path) -> list[os.DirEntry[str]]:
    """Entries of a folder that are not hidden; none where the folder may not be listed."""
    try:
        with os.scandir(folder) as entries:
            return [entry for entry in entries if not entry.name.startswith(".")]
    except PermissionError:
        return []


def digest_of_files(root: Path, relative: Iterable[str], *more: bytes) -> str:
    """20 hex digits over each file's relative path, size and time of change; moving the whole folder keeps it."""
    hasher = hashlib.sha256()
    for path in relative:
        hasher.update(os.fsencode(path) + b"\0" + _state(root / path).encode() + b"\n")
    for part in more:
        hasher.update(part)
    return hasher.hexdigest()[:20]


def _state(path: Path) -> str:
    try:
        stat = path.stat()
    except OSError:
        return "absent"
    return f"{stat.st_size} {stat.st_mtime_ns}"
