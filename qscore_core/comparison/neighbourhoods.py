"""Whether the encoders agree on what an image lies among: NC_k over the shared images (Park et al., arXiv 2306.00206).

An image whose nearest fit images are others for every encoder is one that none of them knows where to put.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from qscore_core.comparison.values import Comparison, Member
from qscore_core.progress import OnProgress, silent
from qscore_core.signals import Evidence
from qscore_core.signals.neighbours import Neighbours, neighbourhood_consistency
from qscore_core.workspace import Workspace

K = 100
SHARE = 10  # of a small fit split no more than a tenth are neighbours: of all of them everyone agrees


@dataclass(frozen=True, eq=False)
class Neighbourhoods:
    """`consistency` of each shared image over all encoders, from its `k` nearest fit images.

    `pairs` is the mean over the images for every two of them.
    """

    k: int
    consistency: Float[np.ndarray, " image"]
    pairs: Float[np.ndarray, "encoder encoder"]


def neighbourhoods(
    comparison: Comparison, workspace: Workspace, on_progress: OnProgress = silent, k: int | None = None
) -> Neighbourhoods:
    """NC_k, from neighbours that are searched once and kept; k = 100 unless the fit split is small."""
    k = k or max(1, min(K, *(member.analysis.fit.images // SHARE for member in comparison.members)))
    numbers: dict[str, int] = {}
    tables = [_shared_table(member, comparison, workspace, numbers, on_progress) for member in comparison.members]
    pairs = np.ones((len(tables), len(tables)))
    for i, first in enumerate(tables):
        for j, second in enumerate(tables[:i]):
            pairs[i, j] = pairs[j, i] = neighbourhood_consistency((first, second), k).mean()
    return Neighbourhoods(k, neighbourhood_consistency(tuple(tables), k), pairs)


def stored_neighbourhoods(comparison: Comparison, workspace: Workspace) -> Neighbourhoods | None:
    """If all encoders' neighbours were searched before."""
    evidence = [Evidence(member.analysis, workspace) for member in comparison.members]
    return neighbourhoods(comparison, workspace) if all(one.has_neighbours for one in evidence) else None


def _shared_table(
    member: Member, comparison: Comparison, workspace: Workspace, numbers: dict[str, int], on_progress: OnProgress
) -> Neighbours:
    """Neighbours of the shared images; fit images by numbers that all encoders share, as one may lack some."""
    found = Evidence(member.analysis, workspace, on_progress=on_progress).plain
    number = [numbers.setdefault(str(id_), len(numbers)) for id_ in member.analysis.fit.table["id"]]
    rows = comparison.shared.places[member.ref]
    return Neighbours(found.similarity[rows], np.array(number, np.int32)[found.index[rows]])
