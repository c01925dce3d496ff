"""The published encoders, to be looked through and looked up."""

import difflib
from dataclasses import dataclass

from qscore_core.encoders.catalog.entry import CatalogEntry
from qscore_core.errors import BadReferenceError

NEAREST = 3


@dataclass(frozen=True)
class Catalog:
    """All rows, in the order of the data file."""

    entries: tuple[CatalogEntry, ...]

    def search(self, text: str = "", method: str | None = None, arch: str | None = None) -> tuple[CatalogEntry, ...]:
        """The rows in which every word of `text` occurs, of that method and of an architecture beginning so."""
        wanted = text.lower().split()
        return tuple(
            entry
            for entry in self.entries
            if all(word in entry.words for word in wanted)
            and method in (None, "", entry.method)
            and entry.arch.startswith(arch or "")
        )

    def find(self, name: str) -> CatalogEntry:
        """The row of that name. Raises BadReferenceError with the nearest names."""
        for entry in self.entries:
            if entry.name == name:
                return entry
        names = [entry.name for entry in self.entries]
        nearest = difflib.get_close_matches(name, names, NEAREST, cutoff=0.4)
        advice = f"Did you mean {' or '.join(f'`catalog:{near}`' for near in nearest)}?" if nearest else ""
        raise BadReferenceError(
            f"The catalog has no encoder `{name}`. {advice or 'The verb `encoders` lists all of them.'}"
        )
