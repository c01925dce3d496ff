"""`fetch`: a published encoder comes into the workspace, by download or from a file that the user has."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from qscore_core.encoders.catalog import adopt, fetch_entry, published_encoders
from qscore_core.encoders.hub import fetch_repository, repository_of
from qscore_core.errors import SettingsError
from qscore_core.references import parse_reference
from qscore_core.verbs._common import Session


def fetch(name: str, file: Path | None, session: Session) -> dict[str, Any]:
    """Into the workspace for the catalog, into the hub's own cache for the hub."""
    if name.startswith("hub:"):
        return _fetch_from_hub(name, file, session)
    entry = published_encoders().find(name.removeprefix("catalog:"))
    if file is not None:
        return asdict(adopt(entry, file, session.workspace))
    if entry.licence:
        session.say(f"`{entry.ref}` comes from {entry.page} under {entry.licence}.")
    return asdict(fetch_entry(entry, session.workspace, session.tell))


def _fetch_from_hub(name: str, file: Path | None, session: Session) -> dict[str, Any]:
    if file is not None:
        raise SettingsError(f"`--file` goes with names of the catalog. Found `{name}`; use `file:{file}` instead.")
    repository = repository_of(parse_reference(name, ("hub",)))
    files = fetch_repository(repository, session.tell)
    return {"ref": f"hub:{repository.id}", "path": str(files[0].parent), "files": [path.name for path in files]}
