"""Texts of users and files inside Streamlit's Markdown: shown letter by letter, never a link, a picture or a style."""

import re

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
