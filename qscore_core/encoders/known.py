"""The encoders that can be named without a file path, for the CLI and the app."""

from contextlib import suppress
from dataclasses import astuple, dataclass
from functools import cache, lru_cache
from pathlib import Path

from torchvision.models import WeightsEnum

from qscore_core.encoders.catalog import BRING, CatalogEntry, at_hand, published_encoders
from qscore_core.encoders.file_scheme import finished_runs, run_encoder_path
from qscore_core.encoders.habitats_scheme import UNTRAINED, UNTRAINED_LIKE, asset_path, built_in_names
from qscore_core.encoders.lineage import recorded_origin
from qscore_core.encoders.networks.resnet import NAMED_SHAPES
from qscore_core.encoders.own_format import OwnMetadata, read_own_metadata
from qscore_core.encoders.torchvision_scheme import downloaded_file, weights_of
from qscore_core.errors import EncoderError
from qscore_core.workspace import Workspace


@dataclass(frozen=True)
class EncoderEntry:
    """One row of the list; `available` says that it loads without a download, `about` what else to know."""

    ref: str
    method: str
    arch: str
    dim: int
    source: str
    available: bool
    about: str = ""


def known_encoders(workspace: Workspace) -> list[EncoderEntry]:
    """Built-in encoders, this workspace's runs, the catalog, torchvision's supervised networks, in this order."""
    return [*_built_in(), *_runs(workspace), *_catalog(workspace), *_torchvision(workspace)]


def search_encoders(workspace: Workspace, text: str = "", method: str | None = None) -> list[EncoderEntry]:
    """The known encoders in whose row every word of `text` occurs, of that method where one is named."""
    words = text.lower().split()
    return [
        entry
        for entry in known_encoders(workspace)
        if all(word in " ".join(map(str, astuple(entry))).lower() for word in words) and method in (None, entry.method)
    ]


def _built_in() -> list[EncoderEntry]:
    entries = [
        _entry(f"habitats:{name}", own, "built in") for name in built_in_names() if (own := _metadata(asset_path(name)))
    ]
    like = next((entry for entry in entries if entry.ref == f"habitats:{UNTRAINED_LIKE}"), None)
    if like:
        entries.append(EncoderEntry(f"habitats:{UNTRAINED}", UNTRAINED, like.arch, like.dim, "random weights", True))
    return entries


def _runs(workspace: Workspace) -> list[EncoderEntry]:
    return [
        _entry(f"run:{run}", own, f"trained in this workspace {recorded_origin(own.record) or ''}".strip())
        for run in finished_runs(workspace)
        if (own := _metadata(run_encoder_path(workspace, run)))
    ]


def _metadata(path: Path | None) -> OwnMetadata | None:
    with suppress(OSError):  # gone since it was listed
        return _metadata_at(path, path.stat().st_mtime_ns) if path else None
    return None


@lru_cache(maxsize=1024)
def _metadata_at(path: Path, changed: int) -> OwnMetadata | None:
    """The list is made at every click in the app: a file is read again only when it was `changed`."""
    del changed
    with suppress(EncoderError):  # a damaged file says why when it is loaded; the list shows the others
        return read_own_metadata(path)
    return None


def _entry(ref: str, own: OwnMetadata, source: str) -> EncoderEntry:
    return EncoderEntry(ref, own.method, own.shape.name, own.shape.dim, source, True)


def _catalog(workspace: Workspace) -> list[EncoderEntry]:
    rows = published_encoders().entries
    return [
        EncoderEntry(row.ref, row.method, row.arch, row.dim, row.codebase, here, _about(row))
        for row, here in zip(rows, at_hand(rows, workspace), strict=True)
    ]


def _about(row: CatalogEntry) -> str:
    accuracy = f"linear top-1 {row.reported.top1:g} % on {row.reported.dataset}" if row.reported else ""
    return "; ".join(part for part in (row.title, accuracy, row.licence, "" if row.address else BRING) if part)


def _torchvision(workspace: Workspace) -> list[EncoderEntry]:
    return [
        EncoderEntry(
            ref=f"torchvision:{arch}/{name}",
            method="supervised",
            arch=arch,
            dim=NAMED_SHAPES[arch].dim,
            source="torchvision",
            available=downloaded_file(weights, workspace).is_file(),
        )
        for arch, name, weights in _torchvision_weights()
    ]


@cache
def _torchvision_weights() -> list[tuple[str, str, WeightsEnum]]:
    return [(arch, name, weights) for arch in NAMED_SHAPES for name, weights in weights_of(arch).items()]
