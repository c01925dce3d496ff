"""Names what a file is that is no weights file, and what to do about it."""

import json
import re
import string
from pathlib import PurePath

EXPECTED = "Expected weights as .safetensors, or as .pth, .pt, .pth.tar or .ckpt written by torch.save."
UNPACK = "Unpack it and name the file inside."
MERGE = (
    "Load all of them with the program that wrote them and save its state dict as one file, "
    "with safetensors.torch.save_file or torch.save."
)
SHARD = re.compile(r"-(?P<number>\d{5})-of-(?P<count>\d{5})\.(safetensors|bin|pth?|ckpt)$")

# first bytes -> what a person calls such a file, and what to do
OTHER_KINDS: tuple[tuple[bytes, str, str], ...] = (
    (b"version https://git-lfs", "a Git LFS pointer, not the file itself", "Run `git lfs pull` where it came from."),
    (b"\x89PNG", "a PNG image", ""),
    (b"\xff\xd8\xff", "a JPEG image", ""),
    (b"GIF8", "a GIF image", ""),
    (b"%PDF", "a PDF document", ""),
    (b"\x1f\x8b", "a gzip archive", UNPACK),
    (b"BZh", "a bzip2 archive", UNPACK),
    (b"\xfd7zXZ", "an xz archive", UNPACK),
    (b"7z\xbc\xaf", "a 7z archive", UNPACK),
    (b"Rar!", "a RAR archive", UNPACK),
    (b"\x93NUMPY", "a numpy array", "Representations as an array come in with `import-features`."),
    (b"\x89HDF", "an HDF5 file (Keras?)", "Convert its weights to a PyTorch state dict first."),
    (b"\x80", "a plain Python pickle, which runs code when opened", "Save the weights as .safetensors instead."),
)


def describe(head: bytes, name: str) -> str:
    """The rest of a sentence that begins with the file's name; `head` is its first bytes."""
    found, advice = _kind(head, name)
    return f"is {found}. {EXPECTED} {advice}".strip()


def shard(path: PurePath) -> str | None:
    """What a file is whose name says that it is one of several; None for any other."""
    match = SHARD.search(path.name)
    if match is None or int(match["count"]) < 2:
        return None
    return f"is part {int(match['number'])} of {int(match['count'])} of a checkpoint that was saved in pieces. {MERGE}"


def _kind(head: bytes, name: str) -> tuple[str, str]:
    for start, found, advice in OTHER_KINDS:
        if head.startswith(start):
            return found, advice
    if head[257:262] == b"ustar":
        return "a tar archive", UNPACK
    begin = head.lstrip().lower()
    if begin.startswith((b"<!doctype html", b"<html")) or b"<html" in begin:
        return (
            "an HTML page saved instead of the file",
            "Open the address in a browser (a login, a licence or a download limit may stand before it).",
        )
    text = head.decode("utf-8", errors="ignore")
    if name.endswith(".index.json") or '"weight_map"' in text:
        return f"the index of a checkpoint that was saved in pieces{_pieces(text)}", MERGE
    if text and all(character in string.printable or ord(character) > 127 for character in text):
        return f"text, beginning `{text.strip()[:40]}`", ""
    return f"of an unknown kind (first bytes {head[:8].hex(' ')})", ""


def _pieces(text: str) -> str:
    try:
        names = set(json.loads(text)["weight_map"].values())
    except (ValueError, KeyError, TypeError, AttributeError):
        found = re.search(r'"([^"]+-\d{5}-of-\d{5}\.\w+)"', text)
        return f" (such as {found[1]})" if found else ""
    return f" ({', '.join(sorted(str(name) for name in names)[:3])})"
