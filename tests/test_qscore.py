import numpy as np
import pandas as pd
import pytest
import reference_formulas as reference
import torch

from qscore_core.activation import FeatureSettings
from qscore_core.activation_index import build_index
from qscore_core.errors import RepresentationError
from qscore_core.qscore import (
    ScoreSettings,
    find_features,
    normalized,
    q_score,
    q_score_v1,
    q_scores,
    score_table,
)


def sparse(images, dim, seed=0):
    rng = np.random.default_rng(seed)
    return np.maximum(rng.standard_normal((images, dim)) ** 3, 0).astype(np.float32)


def test_q_by_hand():
    # h = (0 x 16, 3, 4) / 5: unit length since 9 + 16 = 25. mu = (0.6 + 0.8) / 18 = 0.0778,
    # sigma^2 = 1/18 - mu^2 = 0.0495, sigma = 0.2225; z of 0.6 is 2.35, of 0.8 is 3.25.
    # At epsilon 2 both are active: Q = ((0.6 - mu) + (0.8 - mu)) / 2 = 0.7 - mu.
    h = torch.zeros(1, 18, dtype=torch.float64)
    h[0, 16], h[0, 17] = 0.6, 0.8
    everything = torch.ones(18, dtype=torch.bool)
    mu = 1.4 / 18
    assert q_score(h, everything, 2.0).item() == pytest.approx(0.7 - mu)
    # At epsilon 3 only the second is left; with it outside D nothing is, and Q is 0.
    assert q_score(h, everything, 3.0).item() == pytest.approx(0.8 - mu)
    only_first = torch.arange(18) == 16
    assert q_score(h, only_first, 3.0).item() == 0.0


def test_v1_by_hand():
    # z of the strongest is 3 / sqrt(3) (see test_activation), the L1 norm is 4
    h = torch.tensor([[0.0, 0.0, 0.0, 4.0]], dtype=torch.float64)
    assert q_score_v1(h).item() == pytest.approx(3**0.5 / 4)


@pytest.mark.parametrize("dim", [18, 512, 2048])
@pytest.mark.parametrize("epsilon", [2.0, 3.0, 4.0])
@pytest.mark.parametrize("band", [(50, 95), (0, 100), (25, 75)])
@pytest.mark.parametrize("normalize", [True, False])
def test_index_matrix_and_loop_agree(dim, epsilon, band, normalize):
    h = sparse(40, dim, seed=dim)
    settings = ScoreSettings(FeatureSettings(epsilon, *band), normalize)
    index = build_index(h)
    features = find_features(index, settings.features)
    members = reference.discriminative(reference.rates(h, epsilon), *band)
    assert set(np.flatnonzero(features.discriminative)) == members
    expected = reference.q_scores(h, members, epsilon, normalize)
    found = q_scores(index, features, settings)
    np.testing.assert_allclose(found.q, expected, atol=1e-6)
    assert found.empty == (expected == 0).sum()
    rows = torch.from_numpy(h).double()
    dense = q_score(normalized(rows) if normalize else rows, torch.from_numpy(features.discriminative), epsilon)
    np.testing.assert_allclose(dense.numpy(), expected, atol=1e-9)


def test_q_is_differentiable_in_h():
    h = torch.from_numpy(sparse(6, 40)).double().requires_grad_()
    members = torch.rand(40) < 0.5
    assert torch.autograd.gradcheck(lambda x: q_score(x, members, 2.0), (h,))


def test_the_order_of_images_and_features_does_not_matter():
    h, members = torch.from_numpy(sparse(12, 64)).double(), torch.rand(64) < 0.5
    images, features = torch.randperm(12), torch.randperm(64)
    shuffled = q_score(h[images][:, features], members[features], 2.5)
    torch.testing.assert_close(shuffled, q_score(h, members, 2.5)[images])


def test_features_outside_d_change_nothing_but_the_mean():
    # Swapping two entries outside D leaves mean, sigma and the members' entries as they were.
    h = torch.from_numpy(sparse(8, 64)).double()
    members = torch.arange(64) < 32
    swapped = h.clone()
    swapped[:, [40, 50]] = h[:, [50, 40]]
    torch.testing.assert_close(q_score(swapped, members, 2.0), q_score(h, members, 2.0))


def test_score_table_columns_by_a_second_derivation():
    h = sparse(15, 128)
    settings = ScoreSettings(FeatureSettings(3.0))
    index = build_index(h)
    scores = q_scores(index, find_features(index, settings.features), settings)
    rows = pd.DataFrame({"id": [f"i{i}" for i in range(15)], "path": "p", "label": 0, "split": "test"})
    table = score_table(index, scores, rows, settings)
    assert list(table) == [
        *("id", "path", "label", "split", "q_score", "highly_active", "discriminative_active"),
        *("mean", "std", "max_z", "q_score_v1"),
    ]
    unit = normalized(torch.from_numpy(h).double())
    np.testing.assert_allclose(table["mean"], unit.mean(1).numpy(), rtol=1e-6)
    np.testing.assert_allclose(table["std"], unit.std(1, correction=0).numpy(), rtol=1e-6)
    np.testing.assert_allclose(table["q_score_v1"], q_score_v1(unit).numpy(), rtol=1e-6)
    assert table["highly_active"].tolist() == [len(reference.highly_active(row, 3.0)) for row in reference.rows(h)]


def test_a_zero_row_scores_zero():
    h = np.vstack([np.zeros((1, 64), np.float32), sparse(20, 64)])
    settings = ScoreSettings(FeatureSettings(2.0))
    index = build_index(h)
    scores = q_scores(index, find_features(index, settings.features), settings)
    table = score_table(index, scores, pd.DataFrame({"id": range(21), "path": "", "label": 0, "split": "s"}), settings)
    assert table.iloc[0][["q_score", "mean", "std", "max_z", "q_score_v1"]].tolist() == [0, 0, 0, 0, 0]


def test_epsilon_out_of_reach():
    with pytest.raises(RepresentationError, match="17 features cannot have a highly active one at epsilon = 4"):
        find_features(build_index(sparse(10, 17)), FeatureSettings())
