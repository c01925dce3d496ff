"""Why a file stays closed."""

from pathlib import Path

from qscore_core.errors import EncoderError


class Refusal(Exception):
    """The rest of a sentence that begins with the file's name ("is cut off: ..."); an EncoderError for callers."""


def damaged(what: str) -> Refusal:
    """A refusal of a file whose bytes contradict each other."""
    return Refusal(f"is damaged or cut off: {what}. Download or copy it again.")


def hostile(what: str) -> Refusal:
    """A refusal of something that no program that saves weights would write."""
    return Refusal(f"{what}. It is damaged or hostile.")


def readable(text: str) -> str:
    """Text out of a file, with the characters that steer a terminal or cannot be written spelt out."""
    return text if text.isprintable() else text.encode("unicode_escape").decode("ascii")


def told(path: Path, refusal: Refusal) -> EncoderError:
    """The refusal as callers get it."""
    return EncoderError(f"Encoder file `{path}` " + "\n".join(map(readable, str(refusal).split("\n"))))
