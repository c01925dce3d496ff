"""The nearest fit images of every image, by cosine: exact, in blocks, found once and kept.

All signals of the k-NN family are read off the tables that come out.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from qscore_core.errors import RepresentationError
from qscore_core.progress import Meter, OnProgress, silent
from qscore_core.signals.spaces import Space

MOST = 200  # neighbours that are kept
QUERY_ROWS, BANK_ROWS = 4096, 8192  # similarities of one block against another take 128 MB


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The K nearest fit images of each image, nearest first: cosine similarity and row number in the fit split."""

    similarity: Float[np.ndarray, "image neighbour"]
    index: Int[np.ndarray, "image neighbour"]

    @property
    def count(self) -> int:
        return self.similarity.shape[1]


@torch.inference_mode()
def nearest(
    target: Float[np.ndarray, "image feature"],
    bank: Float[np.ndarray, "fit feature"],
    space: Space,
    count: int = MOST,
    *,
    same: bool = False,
    on_progress: OnProgress = silent,
) -> Neighbours:
    """Exact search of the `count` most similar rows of `bank` (fewer where it has no more) for each row of `target`.

    `same` says that both are the same rows: an image is then never its own neighbour. Memory does not grow with the
    bank. Raises RepresentationError where the bank is too small to have a neighbour for everyone.
    """
    found = min(count, len(bank) - same)
    if found < 1:
        raise RepresentationError(f"Neighbours need at least {1 + same} fit images. Found {len(bank)}.")
    meter = Meter(f"nearest images, {space.name}", len(target), on_progress)
    similarity, index = np.empty((len(target), found), np.float32), np.empty((len(target), found), np.int32)
    for first in range(0, len(target), QUERY_ROWS):
        rows = slice(first, min(first + QUERY_ROWS, len(target)))
        values, places = _nearest_of(space(target[rows]), bank, space, found, first if same else None)
        similarity[rows], index[rows] = values.numpy(), places.numpy()
        meter.update(rows.stop)
    return Neighbours(similarity, index)


def _nearest_of(
    queries: Float[Tensor, "query direction"],
    bank: Float[np.ndarray, "fit feature"],
    space: Space,
    count: int,
    own: int | None,
) -> tuple[Tensor, Tensor]:
    """The best of one block of queries, gathered over the blocks of the bank; `own` is the bank's row of query 0."""
    best = torch.empty(len(queries), 0)
    places = torch.empty(len(queries), 0, dtype=torch.long)
    for start in range(0, len(bank), BANK_ROWS):
        similarity = queries @ space(bank[start : start + BANK_ROWS]).T
        if own is not None:
            _leave_out_own(similarity, own - start)
        if best.shape[1] < count:
            values, columns = similarity.topk(min(count, similarity.shape[1]), dim=1)
        else:
            values, columns = _above(similarity, best[:, -1:])
        best, order = torch.cat([best, values], 1).topk(min(count, best.shape[1] + values.shape[1]), dim=1)
        places = torch.cat([places, columns + start], 1).gather(1, order)
    return best, places


def _above(similarity: Float[Tensor, "query fit"], floor: Float[Tensor, "query 1"]) -> tuple[Tensor, Tensor]:
    """What beats a row's floor, packed to the left with its columns, the rest filled with -inf.

    Once there are `count` neighbours few others beat them, and sorting those few costs a fraction of sorting all.
    """
    rows, columns = (similarity > floor).nonzero(as_tuple=True)
    counts = torch.bincount(rows, minlength=len(similarity))
    slot = torch.arange(len(rows)) - (counts.cumsum(0) - counts)[rows]  # rows come in order
    values = similarity.new_full((len(similarity), int(counts.max())), -torch.inf)
    places = torch.zeros_like(values, dtype=torch.long)
    values[rows, slot], places[rows, slot] = similarity[rows, columns], columns
    return values, places


def _leave_out_own(similarity: Float[Tensor, "query fit"], shift: int) -> None:
    """Query i is row i + `shift` of this block, if it is in it at all."""
    rows = torch.arange(len(similarity))
    inside = (rows + shift >= 0) & (rows + shift < similarity.shape[1])
    similarity[rows[inside], rows[inside] + shift] = -torch.inf


def nearest_similarity(found: Neighbours, k: int) -> Float[np.ndarray, " image"]:
    """s_k, the similarity to the k-th nearest (Sun et al., arXiv 2204.06507: its distance is sqrt(2 - 2 s_k))."""
    return np.array(found.similarity[:, _at_most(k, found) - 1], np.float64)


def mean_similarity(found: Neighbours, k: int) -> Float[np.ndarray, " image"]:
    """Mean of s_1 to s_k."""
    return found.similarity[:, : _at_most(k, found)].mean(axis=1, dtype=np.float64)


def typicality(found: Neighbours, k: int = 20) -> Float[np.ndarray, " image"]:
    """1 / mean distance to the k nearest unit rows (TypiClust, arXiv 2202.02794); distance sqrt(2 - 2 s)."""
    similarity = found.similarity[:, : _at_most(k, found)].astype(np.float64)
    distance = np.sqrt(np.maximum(2 - 2 * similarity, 0)).mean(axis=1)
    return 1 / np.maximum(distance, 1e-6)  # k copies of an image would be infinitely typical


def similarity_gap(found: Neighbours, k: int = 50) -> Float[np.ndarray, " image"]:
    """s_1 - s_k: how far the nearest image stands above the neighbourhood."""
    return nearest_similarity(found, 1) - nearest_similarity(found, k)


def similarity_ratio(found: Neighbours, k: int = MOST) -> Float[np.ndarray, " image"]:
    """s_1 / s_k, for similarities of non-negative rows; s_k below 0.01 counts as 0.01."""
    return nearest_similarity(found, 1) / np.maximum(nearest_similarity(found, k), 0.01)


@torch.inference_mode()
def coherence(
    found: Neighbours, bank: Float[np.ndarray, "fit feature"], space: Space, k: int = 10
) -> Float[np.ndarray, " image"]:
    """Mean cosine between any two of an image's k nearest fit images; of unit rows c: (|sum c|^2 - k) / (k (k - 1))."""
    k = _at_most(k, found)
    values = np.ones(len(found.index))
    if k == 1:
        return values
    for first in range(0, len(values), BANK_ROWS // k):
        chosen = found.index[first : first + BANK_ROWS // k, :k]
        rows = space(bank[chosen.ravel()]).double().reshape(len(chosen), k, -1)
        lengths = (rows**2).sum(dim=(1, 2))  # k, or less where a row is zero
        values[first : first + len(chosen)] = ((rows.sum(dim=1) ** 2).sum(dim=1) - lengths) / (k * (k - 1))
    return values


def neighbourhood_consistency(found: tuple[Neighbours, ...], k: int = 100) -> Float[np.ndarray, " image"]:
    """NC_k: mean Jaccard index of an image's k nearest fit images under each two of the encoders (arXiv 2306.00206).

    All tables are of the same images and of the same fit split in the same order. Raises RepresentationError for fewer
    than two encoders or tables of different sizes.
    """
    if len(found) < 2 or len({len(table.index) for table in found}) > 1:
        raise RepresentationError(
            "Neighbourhood consistency needs two encoders or more on the same images. "
            f"Found tables of {', '.join(f'{len(table.index):,}' for table in found)} images."
        )
    k = min(_at_most(k, table) for table in found)
    pairs = [(a, b) for place, a in enumerate(found) for b in found[:place]]
    return np.mean([_jaccard(a.index[:, :k], b.index[:, :k]) for a, b in pairs], axis=0)


def _jaccard(a: Int[np.ndarray, "image k"], b: Int[np.ndarray, "image k"]) -> Float[np.ndarray, " image"]:
    """Of the sets in two rows: what is in both stands twice, side by side, when they are sorted together."""
    together = np.sort(np.concatenate([a, b], axis=1), axis=1)
    common = (together[:, 1:] == together[:, :-1]).sum(axis=1)
    return common / (2 * a.shape[1] - common)


def _at_most(k: int, found: Neighbours) -> int:
    """k, or as many neighbours as a small fit split has."""
    return min(k, found.count)
