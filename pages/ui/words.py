"""Texts of users and files inside Streamlit's Markdown: shown letter by letter, never a link, a picture or a style."""

import re

_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")


def literal(text: str) -> str:
    """Markdown that shows exactly this text on one line."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def counted(number: int, thing: str) -> str:
    """`1 image`, `2,000 images`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
