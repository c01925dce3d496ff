"""Texts of users and files inside Streamlit's Markdown: shown letter by letter, never a link, a picture or a style."""

import re
from collections.abc import Sequence

_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")
# What looks like an address becomes a link although nothing marks it; a joiner, which is not seen, breaks the look.
_LINKS = re.compile(r"(?i)(?<=http:)(?=//)|(?<=https:)(?=//)|(?<=www)(?=\.)|(?=@)")
JOINER = "\u2060"


def literal(text: str) -> str:
    """Markdown that shows exactly this text on one line."""
    return _MARKS.sub(r"\\\1", _LINKS.sub(JOINER, " ".join(text.split())))


def counted(number: int, thing: str) -> str:
    """`1 image`, `2,000 images`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def shortened(refs: Sequence[str], longest: int = 32) -> dict[str, str]:
    """Labels of references for a narrow field: of a long one the end, which tells files of a folder apart.

    Where two would read the same, both stay as they are.
    """
    labels = {ref: _end_of(ref, longest) for ref in refs}
    return {ref: label if list(labels.values()).count(label) == 1 else ref for ref, label in labels.items()}


def _end_of(ref: str, longest: int) -> str:
    scheme, colon, body = ref.partition(":")
    room = longest - len(scheme + colon) - 1
    return ref if len(ref) <= longest or room < 8 else f"{scheme}{colon}…{body[-room:]}"
