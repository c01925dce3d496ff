"""The list of signals on real evidence: by hand, kept, complete, and only what the evidence allows."""

import numpy as np
import pytest
from signal_inputs import analysed, imported, rows

from qscore_core.activation_index import build_index
from qscore_core.pipeline import Outcomes
from qscore_core.probe import fit_probe
from qscore_core.signals import SIGNALS, Evidence, offered, signal_values, trust
from qscore_core.signals.activity import hoyer_sparsity, l1_of_unit_row
from qscore_core.signals.catalogue import TRUSTED
from qscore_core.signals.combination import mean_rank


@pytest.fixture
def analysis(workspace, tmp_path):
    found = imported(workspace, tmp_path, train=rows(90), test=rows(20, seed=1))
    return analysed(workspace, found["test"], found["train"])


def test_sparsity_by_hand():
    # (3, 4, 0, 0): L1 / L2 = 7 / 5; Hoyer (2 - 1.4) / (2 - 1). One feature alone: 1 and 1. All alike: 2 and 0.
    index = build_index(np.array([[3, 4, 0, 0], [0, 2, 0, 0], [1, 1, 1, 1], [0, 0, 0, 0]], np.float32))
    assert l1_of_unit_row(index) == pytest.approx([1.4, 1, 2, 0])
    assert hoyer_sparsity(index) == pytest.approx([0.6, 1, 0, 0])


def test_entropy_and_energy_by_hand():
    # Two classes with weights +-w on one feature: the logits of the probe decide, whatever they are.
    h = np.array([[1.0, 0.2], [0.9, 0.1], [0.1, 1.0], [0.2, 0.8]])
    probe = fit_probe(h, np.array([0, 0, 1, 1]), 2)
    logits = probe.logits(h)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(probe.entropy(h), [-sum(x * np.log(x) for x in row) for row in p])
    np.testing.assert_allclose(probe.energy(h), [-np.log(sum(np.exp(x) for x in row)) for row in logits])


def test_every_label_free_signal_of_one_encoder_is_had_and_finite(analysis, workspace):
    evidence = Evidence(analysis, workspace)
    assert not evidence.at_hand
    found = signal_values(evidence)
    wanted = [signal.key for signal in SIGNALS if signal.family in ("activity", "neighbours", "density", "combination")]
    assert list(found) == wanted
    for key, values in found.items():
        assert values.shape == (20,), key
        assert np.isfinite(values).all(), key
    again = Evidence(analysis, workspace)
    assert again.at_hand
    for key, values in signal_values(again).items():
        np.testing.assert_array_equal(values, found[key])


def test_a_mean_rank_by_hand():
    # Ranks of (5, 1, 1): 3, 1.5, 1.5, so shares 2.5/3, 1/3, 1/3; of (0, 2, 9): 0.5/3, 1.5/3, 2.5/3.
    found = mean_rank([np.array([5.0, 1, 1]), np.array([0.0, 2, 9])])
    assert found == pytest.approx([3 / 6, 2.5 / 6, 3.5 / 6])


def test_trust_is_the_mean_rank_of_its_signals(analysis, workspace):
    evidence = Evidence(analysis, workspace)
    found = signal_values(evidence)
    np.testing.assert_allclose(found["trust"], mean_rank([found[key] for key in TRUSTED]))
    np.testing.assert_array_equal(found["trust"], trust(evidence))


def test_labels_and_other_encoders_bring_their_signals(analysis, workspace):
    evidence = Evidence(analysis, workspace)
    ones = np.ones(20)
    judged = Evidence(
        analysis, workspace, Outcomes(ones, 0.5 * ones, 2 * ones, -3 * ones, ones > 0), others=(evidence.plain,)
    )
    keys = {signal.key for signal in offered(judged)} - {signal.key for signal in offered(evidence)}
    assert keys == {"neighbourhood_consistency", "probe_confidence", "probe_entropy", "probe_energy"}
    found = signal_values(judged)
    assert (found["neighbourhood_consistency"] == 1).all()  # both encoders are the same
    assert (found["probe_entropy"][0], found["probe_energy"][0]) == (-2, 3)


def test_a_split_fitted_on_itself_leaves_each_image_out(workspace, tmp_path):
    found = imported(workspace, tmp_path, all=rows(60))["all"]
    evidence = Evidence(analysed(workspace, found, found), workspace)
    own = np.arange(60)[:, None]
    for table in (evidence.plain, evidence.centred, evidence.whitened):
        assert not (table.index == own).any()
    assert signal_values(evidence)["knn_1"].max() < 1


def test_every_signal_says_what_it_is_and_where_it_comes_from():
    assert len({signal.key for signal in SIGNALS}) == len(SIGNALS)
    for signal in SIGNALS:
        assert signal.meaning.endswith(".")
        assert signal.source
        assert signal.name.endswith("(uses labels)") == (signal.family == "labels")
