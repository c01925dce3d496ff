"""Slices found by Q alone: one planted by hand is found and described, and chance finds none."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact

from qscore_core.activation_index import build_index
from qscore_core.errors import SettingsError
from qscore_core.pipeline import Outcomes
from qscore_core.qscore import ScoreSettings
from qscore_core.slice_search import SearchSettings, find_slices

FEW = SearchSettings(clusters=4, low=25.0)


def planted(seed=0, groups=4, each=50):
    """Four directions of 50 images; those of the last have low Q, live in reeds, and half of them are wrong."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(groups), each)
    matrix = np.eye(groups, 8)[group] + rng.normal(0, 0.05, (len(group), 8))
    q = rng.uniform(0.5, 1, len(group)) - 0.4 * (group == groups - 1)
    table = pd.DataFrame(
        {
            "id": [f"i{row:03d}" for row in range(len(group))],
            "habitat": np.where(group == groups - 1, "reeds", "meadow"),
            "size": rng.random(len(group)),
        }
    )
    correct = (group != groups - 1) | (np.arange(len(group)) % 2 == 0)
    target = SimpleNamespace(
        matrix=matrix.astype(np.float32), table=table, class_names=lambda: np.full(len(group), "", dtype=object)
    )
    analysis = SimpleNamespace(
        scores=SimpleNamespace(q=q), target=target, index=build_index(target.matrix), settings=ScoreSettings()
    )
    unknown = {name: np.zeros(len(group)) for name in ("predicted", "confidence", "entropy", "energy")}
    return analysis, Outcomes(**unknown, correct=correct), group


def test_the_planted_group_is_found_and_told_by_its_habitat():
    analysis, outcomes, group = planted()
    found = find_slices(analysis, outcomes, FEW)
    assert len(found) == 1
    slice_ = found[0]
    rows = [int(id_[1:]) for id_ in slice_.ids]
    assert set(group[rows]) == {3}
    q = analysis.scores.q[rows]
    assert (np.diff(q) >= 0).all()
    # Reeds are 50 of 200 images everywhere and all of the slice: 1 / 0.25 = 4 times as frequent.
    habitat = slice_.attributes[0]
    assert (habitat.column, habitat.value, habitat.share, habitat.everywhere) == ("habitat", "reeds", 1.0, 0.25)
    assert habitat.lift == pytest.approx(4)
    assert slice_.error == pytest.approx((~outcomes.correct[rows]).mean())
    assert slice_.error_everywhere == pytest.approx(25 / 200)
    assert slice_.title.startswith("habitat reeds")


def test_labels_change_nothing_of_what_is_found():
    analysis, outcomes, _ = planted()
    with_labels, without = find_slices(analysis, outcomes, FEW), find_slices(analysis, None, FEW)
    bare = [replace(one, error=None, error_ci=None, error_everywhere=None) for one in with_labels]
    assert bare == without


def test_the_chance_is_fishers():
    """Hypergeometric by SciPy's exact test on the table of low and other, inside and outside."""
    analysis, _, group = planted()
    found = find_slices(analysis, None, FEW)[0]
    low = analysis.scores.q <= np.percentile(analysis.scores.q, 25)
    inside = group == 3
    counts = [[(low & inside).sum(), (~low & inside).sum()], [(low & ~inside).sum(), (~low & ~inside).sum()]]
    assert found.p_value == pytest.approx(fisher_exact(counts, alternative="greater").pvalue)


@pytest.mark.parametrize("seed", range(5))
def test_scores_without_a_pattern_give_no_slice(seed):
    analysis, outcomes, _ = planted(seed)
    analysis.scores.q = np.random.default_rng(seed).random(200)
    assert find_slices(analysis, outcomes, FEW) == []


@pytest.mark.parametrize("wrong", [{"clusters": 1}, {"low": 0.0}, {"low": 100.0}, {"fewest": 0}])
def test_settings_without_meaning_are_refused(wrong):
    with pytest.raises(SettingsError):
        SearchSettings(**wrong)


def test_a_slice_is_json_ready():
    analysis, outcomes, _ = planted()
    assert json.loads(json.dumps(find_slices(analysis, outcomes, FEW)[0].as_dict()))["images"] > 8
