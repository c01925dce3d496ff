"""What people call features: names and stars, kept for an encoder and shown wherever one of its features is.

They belong to the weights and not to a data set or a reference: the same encoder under another name has the same notes.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import MappingProxyType

from qscore_core.errors import SettingsError
from qscore_core.representations import Representations
from qscore_core.workspace import Workspace, digest_of, read_json, write_json, writing

LONGEST_NAME = 60


@dataclass(frozen=True)
class FeatureNote:
    """What is noted of a feature."""

    name: str = ""
    starred: bool = False


Notes = Mapping[int, FeatureNote]
NOTHING = FeatureNote()


def notes_owner(representations: Representations) -> str:
    """Whose features they are: the encoder's fingerprint, or the name of an array that was brought in."""
    return str(representations.about.get("fingerprint") or digest_of(representations.ref))


def read_notes(owner: str, workspace: Workspace) -> Notes:
    """The notes of an encoder by feature number; none where nothing can be read."""
    try:
        kept = read_json(_file(owner, workspace))
        return MappingProxyType({int(feature): FeatureNote(**note) for feature, note in kept.items()})
    except (OSError, ValueError, TypeError, AttributeError):
        return MappingProxyType({})


def name_feature(owner: str, feature: int, name: str, workspace: Workspace) -> None:
    """Names a feature; an empty name takes it away. Raises SettingsError for a name that cannot be shown."""
    name = name.strip()
    if len(name) > LONGEST_NAME or (name and not name.isprintable()):
        raise SettingsError(f"The name of a feature should be at most {LONGEST_NAME} printable characters.")
    _change(owner, feature, workspace, name=name)


def star_feature(owner: str, feature: int, starred: bool, workspace: Workspace) -> None:
    """Marks a feature as worth coming back to, or no longer."""
    _change(owner, feature, workspace, starred=starred)


def called(feature: int, notes: Notes) -> str:
    """`feature 12`, or `12 · red stripes` where it has a name."""
    name = notes.get(feature, NOTHING).name
    return f"{feature} · {name}" if name else f"feature {feature}"


def _change(owner: str, feature: int, workspace: Workspace, **change: object) -> None:
    file = _file(owner, workspace)
    with writing(file):
        file.parent.mkdir(parents=True, exist_ok=True)
    with workspace.lock(file.parent, wait_seconds=60):
        notes = dict(read_notes(owner, workspace))
        notes[feature] = replace(notes.get(feature, NOTHING), **change)  # type: ignore[arg-type]
        kept = {str(number): asdict(note) for number, note in sorted(notes.items()) if note != NOTHING}
        write_json(file, kept)


def _file(owner: str, workspace: Workspace) -> Path:
    return workspace.root / "feature-notes" / f"{owner}.json"
