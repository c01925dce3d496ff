"""One string names an encoder or a data set everywhere: `scheme:body?option=value&option=value`."""

import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from qscore_core.errors import BadReferenceError

TABLES = (".csv", ".parquet")


@dataclass(frozen=True)
class Reference:
    """A parsed reference; `str(reference)` gives the text back."""

    scheme: str
    body: str = ""
    options: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        text = f"{self.scheme}:{self.body}" if self.body else self.scheme
        return f"{text}?{urlencode(self.options, safe='/:,')}" if self.options else text

    def require_options(self, known: set[str]) -> None:
        """Refuses a mistyped option instead of ignoring it."""
        unknown = sorted(set(self.options) - known)
        if unknown:
            raise BadReferenceError(
                f"Reference `{self}` has the unknown option `{unknown[0]}`. "
                f"Known for `{self.scheme}:` {', '.join(sorted(known)) or 'none'}."
            )


def completed(text: str, of_file: str) -> str:
    """A reference for a bare path that exists: `folder:PATH`, `table:PATH`, or `of_file` for another file."""
    if os.sep not in text:
        return text
    with suppress(OSError, RuntimeError, ValueError):  # a name that no file can have, a home of nobody
        path = Path(text).expanduser()
        if path.is_dir():
            return f"folder:{path}"
        if path.is_file():
            return f"{'table' if path.suffix.lower() in TABLES else of_file}:{path}"
    return text


def parse_reference(text: str, schemes: tuple[str, ...]) -> Reference:
    """Splits a reference and checks its scheme against the ones that exist."""
    base, _, query = text.strip().partition("?")
    scheme, _, body = base.partition(":")
    if scheme not in schemes:
        raise BadReferenceError(
            f"Reference `{text}` should start with one of {', '.join(f'`{s}:`' for s in schemes)}. Found `{scheme}`."
        )
    return Reference(scheme, body, dict(parse_qsl(query, keep_blank_values=True)))
