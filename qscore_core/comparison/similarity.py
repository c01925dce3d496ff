"""How alike two encoders' representations are, kept in the workspace by what they follow from."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from qscore_core.comparison.cka import Cka, cka
from qscore_core.comparison.joining import Shared
from qscore_core.comparison.matching import correlations
from qscore_core.comparison.pair_sums import pair_sums
from qscore_core.comparison.values import Comparison, Member
from qscore_core.progress import OnProgress, silent
from qscore_core.workspace import MANIFEST, Workspace, digest_of, is_whole, read_json, write_json, writing

KIND = "similarities"
FORMAT = 1
ARRAY = "correlations.npy"


@dataclass(frozen=True, eq=False)
class Similarity:
    """`correlations` float32 [feature of A, feature of B], memory-mapped, and CKA, of the unit rows."""

    cka: Cka
    correlations: np.ndarray


def similarity(
    comparison: Comparison, first: str, second: str, workspace: Workspace, on_progress: OnProgress = silent
) -> Similarity:
    """Of two compared encoders on the shared images, computed once and kept."""
    a, b = comparison.member(first), comparison.member(second)
    identity = _identity(a, b, comparison.shared)
    folder = workspace.artefact(KIND, digest_of(identity))
    with workspace.lock(folder, wait_seconds=3600):
        if not is_whole(folder):
            places = comparison.shared.places[first], comparison.shared.places[second]
            sums = pair_sums(a.analysis.target.matrix, b.analysis.target.matrix, places, on_progress)
            with writing(folder):
                np.save(folder / ARRAY, correlations(sums).astype(np.float32))
            write_json(folder / MANIFEST, {"identity": identity, "cka": asdict(cka(sums))})
    return _read(folder)


def stored_similarity(comparison: Comparison, first: str, second: str, workspace: Workspace) -> Similarity | None:
    """If it was computed before; computes nothing."""
    identity = _identity(comparison.member(first), comparison.member(second), comparison.shared)
    folder = workspace.root / KIND / digest_of(identity)
    return _read(folder) if is_whole(folder) else None


def _identity(first: Member, second: Member, shared: Shared) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "first": first.analysis.target.digest,
        "second": second.analysis.target.digest,
        "images": digest_of(shared.ids),
    }


def _read(folder: Path) -> Similarity:
    return Similarity(Cka(**read_json(folder / MANIFEST)["cka"]), np.load(folder / ARRAY, mmap_mode="r"))
