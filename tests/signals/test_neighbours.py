"""Neighbours and what is read off them: by hand, against a float64 loop and scikit-learn, and leaving oneself out."""

import numpy as np
import pytest
import torch
from signal_inputs import rows
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.neighbors import NearestNeighbors

from qscore_core.errors import RepresentationError
from qscore_core.signals import neighbours
from qscore_core.signals.neighbours import (
    Neighbours,
    coherence,
    mean_similarity,
    nearest,
    nearest_similarity,
    neighbourhood_consistency,
    similarity_gap,
    similarity_ratio,
    typicality,
)
from qscore_core.signals.spaces import PLAIN, Space

TARGET, BANK = rows(30, seed=1), rows(70, seed=2)


def table(*similarities):
    found = np.array(similarities, np.float32)
    return Neighbours(found, np.tile(np.arange(found.shape[1], dtype=np.int32), (len(found), 1)))


def test_numbers_of_a_table_by_hand():
    found = table([0.9, 0.8, 0.5])
    assert nearest_similarity(found, 2) == pytest.approx([0.8])
    # (0.9 + 0.8) / 2; a table of three has no fourth neighbour, so k = 4 means all: 2.2 / 3.
    assert mean_similarity(found, 2) == pytest.approx([0.85])
    assert mean_similarity(found, 4) == pytest.approx([2.2 / 3])
    assert similarity_gap(found, 3) == pytest.approx([0.4])
    assert similarity_ratio(found, 3) == pytest.approx([1.8])
    # Distances sqrt(0.2) = 0.44721, sqrt(0.4) = 0.63246, sqrt(1) = 1: mean 0.69322.
    assert typicality(found, 3) == pytest.approx([1 / 0.69322], abs=1e-4)


def test_coherence_by_hand():
    # Neighbours (1, 0), (0, 1), (0.6, 0.8): cosines 0, 0.6 and 0.8, mean 1.4 / 3.
    bank = np.array([[2, 0], [0, 3], [3, 4]], np.float32)
    assert coherence(table([1, 1, 1]), bank, PLAIN, 3) == pytest.approx([1.4 / 3])
    assert coherence(table([1, 1, 1]), bank, PLAIN, 2) == pytest.approx([0], abs=1e-7)


def test_neighbourhood_consistency_by_hand():
    a = Neighbours(np.zeros((2, 3), np.float32), np.array([[0, 1, 2], [3, 4, 5]], np.int32))
    b = Neighbours(np.zeros((2, 3), np.float32), np.array([[2, 1, 9], [6, 7, 8]], np.int32))
    # First image: {0, 1, 2} and {2, 1, 9} share 2 of 4; second: nothing. A third encoder that agrees with `a` wholly:
    # pairs 2/4, 1, 2/4 and 0, 1, 0.
    assert neighbourhood_consistency((a, b), 3) == pytest.approx([0.5, 0])
    assert neighbourhood_consistency((a, b, a), 3) == pytest.approx([2 / 3, 1 / 3])
    with pytest.raises(RepresentationError, match="two encoders or more"):
        neighbourhood_consistency((a,), 3)


@pytest.mark.parametrize("same", [False, True])
def test_the_search_equals_scikit_learn_in_every_blocking(same, monkeypatch):
    target = BANK if same else TARGET
    expected = cosine_similarity(target.astype(np.float64), BANK)
    if same:
        np.fill_diagonal(expected, -np.inf)
    order = np.argsort(-expected, axis=1)[:, :12]
    for query_rows, bank_rows in ((4096, 8192), (7, 11), (1, 5)):
        monkeypatch.setattr(neighbours, "QUERY_ROWS", query_rows)
        monkeypatch.setattr(neighbours, "BANK_ROWS", bank_rows)
        found = nearest(target, BANK, PLAIN, 12, same=same)
        np.testing.assert_array_equal(found.index, order)
        np.testing.assert_allclose(found.similarity, np.take_along_axis(expected, order, 1), atol=1e-6)


def test_the_distance_is_that_of_scikit_learn():
    search = NearestNeighbors(n_neighbors=5).fit(BANK / np.linalg.norm(BANK, axis=1, keepdims=True))
    distance, _ = search.kneighbors(TARGET / np.linalg.norm(TARGET, axis=1, keepdims=True))
    found = nearest_similarity(nearest(TARGET, BANK, PLAIN, 5), 5)
    np.testing.assert_allclose(np.sqrt(2 - 2 * found), distance[:, 4], rtol=1e-5)


def test_coherence_equals_a_loop_in_a_space_of_its_own():
    space = Space("moved", torch.full((40,), 0.1))
    found = nearest(TARGET, BANK, space, 6)
    unit = BANK / np.linalg.norm(BANK.astype(np.float64), axis=1, keepdims=True) - 0.1
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    loop = [
        np.mean([unit[i] @ unit[j] for place, i in enumerate(row) for j in row[:place]]) for row in found.index[:, :6]
    ]
    np.testing.assert_allclose(coherence(found, BANK, space, 6), loop, atol=1e-6)


def test_a_small_fit_split_gives_what_it_has_and_none_is_refused():
    assert nearest(TARGET, BANK[:3], PLAIN).count == 3
    assert nearest(BANK[:3], BANK[:3], PLAIN, same=True).count == 2
    with pytest.raises(RepresentationError, match="at least 2 fit images"):
        nearest(BANK[:1], BANK[:1], PLAIN, same=True)
